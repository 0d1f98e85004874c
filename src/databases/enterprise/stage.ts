import type { CommandTable } from '../../command/command-spec.ts';
import type { Database } from '../../stage/stage.ts';
import { VARIABLES } from './variables.ts';

export const enterprise: Database = {
  kind: 'database',
  name: 'enterprise',
  summary: 'Redis Enterprise in containers, or elsewhere',
  variables: Object.values(VARIABLES),
  reachedFrom: ['machine', 'engine'],
  tourFrom: ['machine', 'engine'],
  onEngine: true,
  load: async () => (await import('./stage-work.ts')).enterpriseStage,
  commands: () => ({
    up: { summary: 'containers, cluster, database, connection', load: async () => (await load()).up },
    bootstrap: { summary: 'make a cluster of a fresh node', load: async () => (await load()).bootstrap },
    down: { summary: 'take it away, with its data', load: async () => (await load()).down },
    status: { summary: 'what is there, its licence and its load', load: async () => (await load()).status },
    failover: {
      summary: 'kill the serving node and see what users see',
      load: async () => (await load()).failover,
    },
    logs: { summary: 'the last lines of its log', load: async () => (await load()).logs },
    database: { summary: 'the databases of a cluster', commands: databaseCommands },
  }),
};

const NAME = { name: '[name]', words: 'of the database; redisdemo without one' };

const databaseCommands: CommandTable = {
  create: {
    summary: 'create one, or find it as asked',
    argument: NAME,
    load: async () => (await load()).databaseCreate,
  },
  list: { summary: 'all of the cluster', load: async () => (await load()).databaseList },
  show: { summary: 'one of them', argument: NAME, load: async () => (await load()).databaseShow },
  delete: { summary: 'delete one, with its data', argument: NAME, load: async () => (await load()).databaseDelete },
};

function load() {
  return import('./commands/commands.ts');
}
