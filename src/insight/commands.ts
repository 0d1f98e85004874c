import { command, type CommandSpec } from '../command/command-spec.ts';
import { ownerSettings, planSettings, takeAwaySettings } from '../command/docker-options.ts';
import type { Stages } from '../stage/stage.ts';
import { insightSettings } from './options.ts';

/** @param stages the databases among them are preconfigured */
export function upWith(stages: Stages): CommandSpec {
  return command({
    description:
      'Starts RedisInsight in a container, preconfigured with the running databases that redisdemo created. At a terminal it asks whether you accept its terms; in a script, --accept-terms says so.',
    settings: { ...insightSettings, ...planSettings },
    work: async (values, invocation) => (await import('./work.ts')).insightUp(values, stages, invocation),
  });
}

export const down = command({
  description: 'Takes RedisInsight away.',
  settings: { ...ownerSettings, ...takeAwaySettings },
  work: async (values, invocation) => (await import('./work.ts')).insightDown(values, invocation),
});
