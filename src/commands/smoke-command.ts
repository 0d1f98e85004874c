import { command } from '../command/command-spec.ts';
import { smokeSettings } from '../command/options.ts';

export const smoke = command({
  description:
    "Runs the tutorial's own test against a running service: the same contract on\nevery stage and on every run. Records that it did not write stay untouched.\nWhen Redis is given too, it also looks whether the data arrived there.",
  settings: smokeSettings,
  work: async (values, invocation) => (await import('./smoke.ts')).smokeCommand(values, invocation),
});
