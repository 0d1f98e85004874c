import { command, type CommandSpec } from './command-spec.ts';
import { linesSettings, planSettings, removeSettings } from './docker-options.ts';
import {
  bootstrapSettings,
  clusterSettings,
  databaseCreateSettings,
  enterpriseUpSettings,
  failoverSettings,
} from './enterprise-options.ts';

const NAME = { name: '[name]', words: 'of the database; redisdemo without one' };

export const ENTERPRISE_COMMANDS: readonly CommandSpec[] = [
  command({
    name: 'enterprise up',
    summary: 'containers, cluster, database, connection',
    description:
      'Starts Redis Enterprise in containers, makes a cluster of them through its REST\nAPI, and a database with JSON and Search on it. It is a trial: 4 shards, 30 days.',
    settings: { ...enterpriseUpSettings, ...planSettings },
    work: async (values, invocation) => (await import('./commands/enterprise.ts')).enterpriseUp(values, invocation),
  }),
  command({
    name: 'enterprise bootstrap',
    summary: 'make a cluster of a fresh node',
    description:
      'Makes a cluster of a fresh node: of our container, or of any address. A cluster\nthat is being made is waited for, one that failed is begun again.',
    settings: { ...bootstrapSettings, ...planSettings },
    work: async (values, invocation) =>
      (await import('./commands/enterprise-bootstrap.ts')).enterpriseBootstrap(values, invocation),
  }),
  command({
    name: 'enterprise down',
    summary: 'take it away, with its data',
    description: 'Takes the containers away, and with them the cluster and its data.',
    settings: removeSettings,
    work: async (values, invocation) => (await import('./commands/enterprise.ts')).enterpriseDown(values, invocation),
  }),
  command({
    name: 'enterprise status',
    summary: 'what is there, its licence and its load',
    description: 'Says what is there, what the licence leaves, and what each database does.',
    settings: {},
    work: async (values, invocation) => (await import('./commands/enterprise.ts')).enterpriseStatus(values, invocation),
  }),
  command({
    name: 'enterprise failover',
    summary: 'kill the serving node and see what users see',
    description:
      'Kills the node that serves the database while the smoke test runs in a loop,\nsays how long the service saw errors, and brings the node back.',
    settings: failoverSettings,
    work: async (values, invocation) =>
      (await import('./commands/enterprise-failover.ts')).enterpriseFailover(values, invocation),
  }),
  command({
    name: 'enterprise logs',
    summary: 'the last lines of its log',
    description: "Prints the last lines of the first container's log.",
    settings: linesSettings,
    work: async (values, invocation) => (await import('./commands/enterprise.ts')).enterpriseLogs(values, invocation),
  }),
  command({
    name: 'enterprise database create',
    summary: 'create one, or find it as asked',
    description:
      'Creates a database with JSON and Search, with the Redis version and the modules\nthat the cluster has. One that exists with other settings is left as it is.',
    argument: NAME,
    settings: databaseCreateSettings,
    work: async (values, invocation, [name]) =>
      (await import('./commands/enterprise-database.ts')).databaseCreate(name, values, invocation),
  }),
  command({
    name: 'enterprise database list',
    summary: 'all of the cluster',
    description: 'Lists the databases of the cluster.',
    settings: clusterSettings,
    work: async (values, invocation) =>
      (await import('./commands/enterprise-database.ts')).databaseList(values, invocation),
  }),
  command({
    name: 'enterprise database show',
    summary: 'one of them',
    description: 'Shows a database of the cluster, without its password.',
    argument: NAME,
    settings: clusterSettings,
    work: async (values, invocation, [name]) =>
      (await import('./commands/enterprise-database.ts')).databaseShow(name, values, invocation),
  }),
  command({
    name: 'enterprise database delete',
    summary: 'delete one, with its data',
    description: 'Deletes a database of the cluster, and with it its data.',
    argument: NAME,
    settings: { ...clusterSettings, ...removeSettings },
    work: async (values, invocation, [name]) =>
      (await import('./commands/enterprise-database.ts')).databaseDelete(name, values, invocation),
  }),
];
