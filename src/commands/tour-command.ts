import { command } from '../command/command-spec.ts';
import { tourSettings } from '../targets/cloudrun/commands/options.ts';

export const tour = command({
  description:
    'Walks every stage that this machine can reach, with the smoke test after each, and ends with one table. All that it starts is removed again.\n\nCloud Run costs money, so it is walked only when a project is named here or in REDISDEMO_PROJECT (never the one that gcloud is set to), and a Redis is given that it can reach: as the service redisdemo-tour, closed to the public.',
  settings: tourSettings,
  work: async (values, invocation) => (await import('./tour.ts')).tourCommand(values, invocation),
});
