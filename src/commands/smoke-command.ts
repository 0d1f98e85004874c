import { command } from '../command/command-spec.ts';
import { cloudRunPlaceSettings } from '../targets/cloudrun/commands/options.ts';
import { smokeSettings } from '../command/options.ts';
import type { Setting } from '../command/setting.ts';

export const smokeCommandSettings = {
  ...smokeSettings,
  project: {
    ...cloudRunPlaceSettings.project,
    words: "project of a private service on Cloud Run; default: gcloud's own",
  },
} as const satisfies Record<string, Setting>;

export const smoke = command({
  description:
    "Runs the tutorial's own test against a running service: the same contract on every stage and on every run. Records that it did not write stay untouched. When Redis is given too, it also looks whether the data arrived there.",
  settings: smokeCommandSettings,
  work: async (values, invocation) => (await import('./smoke.ts')).smokeCommand(values, invocation),
});
