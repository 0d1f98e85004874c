/** The commands that span the stages. */
import { command } from './command-spec.ts';
import { tourSettings } from './cloudrun-options.ts';
import { planSettings, removeSettings, upSettings, volumesSettings } from './docker-options.ts';

export const tour = command({
  description:
    'Walks every stage that this machine can reach, with the smoke test after each,\nand ends with one table. All that it starts is taken away again.\n\nCloud Run costs money, so it is walked only when a project is named here or in\nREDISDEMO_PROJECT (never the one that gcloud is set to), and a Redis is given\nthat it can reach: as the service redisdemo-tour, closed to the public.',
  settings: tourSettings,
  work: async (values, invocation) => (await import('./commands/tour.ts')).tourCommand(values, invocation),
});

export const up = command({
  description:
    'Starts a database, runs the service against it, and proves it with the smoke\ntest. Run it twice: the second time only asks.',
  settings: { ...upSettings, explain: planSettings.explain },
  work: async (values, invocation) => (await import('./commands/up.ts')).upCommand(values, invocation),
});

export const down = command({
  description:
    'Takes away all that redisdemo made on this machine. The data of Redis Stack\nstays unless --volumes is given.',
  settings: { ...volumesSettings, ...removeSettings },
  work: async (values, invocation) => (await import('./commands/down.ts')).downCommand(values, invocation),
});

export const status = command({
  description: 'Asks every stage what is there: absent, partial, ready or foreign.',
  settings: {},
  work: async (values, invocation) => (await import('./commands/status.ts')).statusCommand(values, invocation),
});
