/** The commands for Redis Enterprise. */
import { command } from '../../../command/command-spec.ts';
import { linesSettings, ownerSettings, planSettings, removeSettings } from '../../../command/docker-options.ts';
import {
  bootstrapSettings,
  clusterSettings,
  databaseCreateSettings,
  databaseIdSettings,
  enterpriseUpSettings,
  failoverSettings,
} from './options.ts';

export const up = command({
  description:
    'Starts Redis Enterprise in containers, makes a cluster of them through its REST API, and a database with JSON and Search on it. It is a trial: 4 shards, 30 days.',
  settings: { ...enterpriseUpSettings, ...planSettings },
  work: async (values, invocation) => (await import('./up.ts')).enterpriseUp(values, invocation),
});

export const bootstrap = command({
  description:
    'Makes a cluster of a fresh node: of our container, or of any address. A cluster that is being made is waited for, one that failed is begun again.',
  settings: { ...bootstrapSettings, ...planSettings },
  work: async (values, invocation) => (await import('./bootstrap.ts')).enterpriseBootstrap(values, invocation),
});

export const down = command({
  description: 'Takes the containers away, and with them the cluster and its data.',
  settings: { ...ownerSettings, ...removeSettings },
  work: async (values, invocation) => (await import('./down.ts')).enterpriseDown(values, invocation),
});

export const status = command({
  description: 'Says what is there, what the licence leaves, and what each database does.',
  settings: {},
  work: async (values, invocation) => (await import('./status.ts')).enterpriseStatus(values, invocation),
});

export const failover = command({
  description:
    'Kills the node that serves the database while the smoke test runs in a loop, says how long the service saw errors, and brings the node back.',
  settings: failoverSettings,
  work: async (values, invocation) => (await import('./failover.ts')).enterpriseFailover(values, invocation),
});

export const logs = command({
  description: "Prints the last lines of the first container's log.",
  settings: linesSettings,
  work: async (values, invocation) => (await import('./logs.ts')).enterpriseLogs(values, invocation),
});

export const databaseCreate = command({
  description:
    'Creates a database with JSON and Search, with the Redis version and the modules that the cluster has. One that exists with other settings is left as it is.',
  settings: databaseCreateSettings,
  work: async (values, invocation, [name]) => (await import('./bdb-create.ts')).bdbCreate(name, values, invocation),
});

export const databaseList = command({
  description: 'Lists the databases of the cluster.',
  settings: clusterSettings,
  work: async (values, invocation) => (await import('./bdb-show.ts')).bdbList(values, invocation),
});

export const databaseShow = command({
  description: 'Shows a database of the cluster, without its password.',
  settings: { ...clusterSettings, ...databaseIdSettings },
  work: async (values, invocation, [name]) => (await import('./bdb-show.ts')).bdbShow(name, values, invocation),
});

export const databaseDelete = command({
  description: 'Deletes a database of the cluster, and with it its data.',
  settings: { ...clusterSettings, ...databaseIdSettings, ...removeSettings },
  work: async (values, invocation, [name]) => (await import('./bdb-delete.ts')).bdbDelete(name, values, invocation),
});
