import type { Database } from '../../stage/stage.ts';

const NAME = { name: '[name]', words: 'of the database; redisdemo without one' };
const containers = () => import('./commands/containers.ts');
const databases = () => import('./commands/bdb.ts');

export const enterprise: Database = {
  kind: 'database',
  name: 'enterprise',
  summary: 'Redis Enterprise in containers, or elsewhere',
  variables: [
    'REDISDEMO_ENTERPRISE_IMAGE',
    'REDISDEMO_ENTERPRISE_PORT',
    'REDISDEMO_ENTERPRISE_API_PORT',
    'REDISDEMO_ENTERPRISE_UI_PORT',
    'REDISDEMO_ENTERPRISE_URL',
    'REDISDEMO_ENTERPRISE_USER',
    'REDISDEMO_ENTERPRISE_PASSWORD_FILE',
  ],
  reachedFrom: ['machine', 'engine'],
  tourFrom: ['machine', 'engine'],
  onEngine: true,
  load: async () => (await import('./stage-work.ts')).enterpriseStage,
  commands: () => ({
    up: {
      summary: 'containers, cluster, database, connection',
      load: async () => (await import('./commands/up.ts')).up,
    },
    bootstrap: {
      summary: 'make a cluster of a fresh node',
      load: async () => (await import('./commands/bootstrap.ts')).bootstrap,
    },
    down: { summary: 'take it away, with its data', load: async () => (await containers()).down },
    status: { summary: 'what is there, its licence and its load', load: async () => (await containers()).status },
    failover: {
      summary: 'kill the serving node and see what users see',
      load: async () => (await import('./commands/failover.ts')).failover,
    },
    logs: { summary: 'the last lines of its log', load: async () => (await containers()).logs },
    database: {
      summary: 'the databases of a cluster',
      commands: {
        create: {
          summary: 'create one, or find it as asked',
          argument: NAME,
          load: async () => (await import('./commands/bdb-create.ts')).create,
        },
        list: { summary: 'all of the cluster', load: async () => (await databases()).list },
        show: { summary: 'one of them', argument: NAME, load: async () => (await databases()).show },
        delete: { summary: 'delete one, with its data', argument: NAME, load: async () => (await databases()).remove },
      },
    },
  }),
};
