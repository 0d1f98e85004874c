import { command, type CommandSpec } from '../command/command-spec.ts';
import { smokeSettings } from '../command/options.ts';
import { targetsOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';

export async function smokeWith(stages: Stages): Promise<CommandSpec> {
  const accesses = targetsOf(stages).flatMap(({ access }) => access ?? []);
  const own = await Promise.all(accesses.map((access) => access.settings()));
  return command({
    description:
      "Runs the tutorial's own test against a running service: the same contract on every stage and on every run. Records that it did not write stay untouched. When Redis is given too, it also looks whether the data arrived there.",
    settings: { ...smokeSettings, ...(Object.assign({}, ...own) as object) },
    work: async (values, invocation) => (await import('./smoke.ts')).smokeCommand(values, accesses, invocation),
  });
}
