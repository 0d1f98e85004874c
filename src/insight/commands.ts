/** The commands for RedisInsight. */
import { command } from '../command/command-spec.ts';
import { insightSettings, ownerSettings, planSettings, takeAwaySettings } from '../command/docker-options.ts';

export const up = command({
  description:
    'Starts RedisInsight in a container, preconfigured with the running databases that redisdemo created. At a terminal it asks whether you accept its terms; in a script, --accept-terms says so.',
  settings: { ...insightSettings, ...planSettings },
  work: async (values, invocation) => (await import('./work.ts')).insightUp(values, invocation),
});

export const down = command({
  description: 'Takes RedisInsight away.',
  settings: { ...ownerSettings, ...takeAwaySettings },
  work: async (values, invocation) => (await import('./work.ts')).insightDown(values, invocation),
});
