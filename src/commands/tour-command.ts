import { command, type CommandSpec } from '../command/command-spec.ts';
import { targetsOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import { tourSettings } from './tour-options.ts';

const DESCRIPTION =
  'Walks every stage that this machine can reach, with the smoke test after each, and ends with one table. All that it starts is removed again.';

export async function tourWith(stages: Stages): Promise<CommandSpec> {
  const options = await Promise.all(targetsOf(stages).map((target) => target.options()));
  const own = options.flatMap(({ tour }) => tour ?? []);
  return command({
    description: [DESCRIPTION, ...own.map(({ description }) => description)].join('\n\n'),
    settings: {
      ...(Object.assign({}, ...own.map(({ settings }) => settings)) as object),
      ...tourSettings,
    },
    work: async (values, invocation) => (await import('./tour.ts')).tourCommand(values, stages, invocation),
  });
}
