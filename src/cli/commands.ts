/** The commands as a table. No logic. */
import type { CommandTable } from '../command/command-spec.ts';

const NAME = { name: '[name]', words: 'of the database; redisdemo without one' };

export const COMMANDS: CommandTable = {
  tour: {
    summary: 'walk every stage this machine can reach',
    load: async () => (await import('../commands/tour-command.ts')).tour,
  },
  up: {
    summary: 'one database, one target, smoke test',
    load: async () => (await import('../commands/up-command.ts')).up,
  },
  down: {
    summary: 'take everything of ours away',
    load: async () => (await import('../commands/down-command.ts')).down,
  },
  status: {
    summary: 'what is there: absent, partial, ready or foreign',
    load: async () => (await import('../commands/status-command.ts')).status,
  },
  serve: {
    summary: 'run the REST service in the foreground',
    load: async () => (await import('../commands/serve-command.ts')).serve,
  },
  smoke: {
    summary: 'test a running service',
    load: async () => (await import('../commands/smoke-command.ts')).smoke,
  },
  env: {
    summary: 'a connection as variables for a shell',
    load: async () => (await import('../commands/env-command.ts')).env,
  },
  stack: {
    summary: 'Redis Stack, or Redis 8, in a container',
    commands: {
      up: {
        summary: 'start it, or find it running',
        load: async () => (await import('../databases/stack/commands.ts')).up,
      },
      down: {
        summary: 'take it away; its data stays',
        load: async () => (await import('../databases/stack/commands.ts')).down,
      },
      status: {
        summary: 'what is there',
        load: async () => (await import('../databases/stack/commands.ts')).status,
      },
      logs: {
        summary: 'the last lines of its log',
        load: async () => (await import('../databases/stack/commands.ts')).logs,
      },
    },
  },
  enterprise: {
    summary: 'Redis Enterprise in containers, or elsewhere',
    commands: {
      up: {
        summary: 'containers, cluster, database, connection',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).up,
      },
      bootstrap: {
        summary: 'make a cluster of a fresh node',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).bootstrap,
      },
      down: {
        summary: 'take it away, with its data',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).down,
      },
      status: {
        summary: 'what is there, its licence and its load',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).status,
      },
      failover: {
        summary: 'kill the serving node and see what users see',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).failover,
      },
      logs: {
        summary: 'the last lines of its log',
        load: async () => (await import('../databases/enterprise/commands/commands.ts')).logs,
      },
      database: {
        summary: 'the databases of a cluster',
        commands: {
          create: {
            summary: 'create one, or find it as asked',
            argument: NAME,
            load: async () => (await import('../databases/enterprise/commands/commands.ts')).databaseCreate,
          },
          list: {
            summary: 'all of the cluster',
            load: async () => (await import('../databases/enterprise/commands/commands.ts')).databaseList,
          },
          show: {
            summary: 'one of them',
            argument: NAME,
            load: async () => (await import('../databases/enterprise/commands/commands.ts')).databaseShow,
          },
          delete: {
            summary: 'delete one, with its data',
            argument: NAME,
            load: async () => (await import('../databases/enterprise/commands/commands.ts')).databaseDelete,
          },
        },
      },
    },
  },
  deploy: {
    summary: 'run the service: in the background, in a container, on Cloud Run',
    commands: {
      cloudrun: {
        summary: 'on Google Cloud Run',
        load: async () => (await import('../targets/cloudrun/commands/commands.ts')).deployCloudrun,
      },
      status: {
        summary: 'what is deployed, and what it costs',
        load: async () => (await import('../targets/cloudrun/commands/commands.ts')).deployStatus,
      },
      logs: {
        summary: 'the log of a deployed service',
        commands: {
          cloudrun: {
            summary: 'of the service on Cloud Run',
            load: async () => (await import('../targets/cloudrun/commands/commands.ts')).deployLogsCloudrun,
          },
          local: {
            summary: 'of the process in the background',
            load: async () => (await import('../commands/deploy-commands.ts')).logsLocal,
          },
          container: {
            summary: 'of the container',
            load: async () => (await import('../commands/deploy-commands.ts')).logsContainer,
          },
        },
      },
      promote: {
        summary: 'give the traffic to what was deployed without it',
        commands: {
          cloudrun: {
            summary: 'all the traffic to the candidate',
            load: async () => (await import('../targets/cloudrun/commands/commands.ts')).deployPromoteCloudrun,
          },
        },
      },
      rollback: {
        summary: 'back to what was deployed before',
        commands: {
          cloudrun: {
            summary: 'back to the revision before',
            load: async () => (await import('../targets/cloudrun/commands/commands.ts')).deployRollbackCloudrun,
          },
        },
      },
      local: {
        summary: 'as a process in the background',
        load: async () => (await import('../commands/deploy-commands.ts')).deployLocal,
      },
      container: {
        summary: 'as a container',
        load: async () => (await import('../commands/deploy-commands.ts')).deployContainer,
      },
    },
  },
  destroy: {
    summary: 'take a deployed service away',
    commands: {
      cloudrun: {
        summary: 'the service, its secret, images and sources',
        load: async () => (await import('../targets/cloudrun/commands/commands.ts')).destroyCloudrun,
      },
      local: {
        summary: 'the process in the background',
        load: async () => (await import('../commands/deploy-commands.ts')).destroyLocal,
      },
      container: {
        summary: 'the container, its secret and its image',
        load: async () => (await import('../commands/deploy-commands.ts')).destroyContainer,
      },
    },
  },
  image: {
    summary: 'the service as a Docker image',
    commands: {
      build: {
        summary: 'build it',
        load: async () => (await import('../commands/image-commands.ts')).build,
      },
      eject: {
        summary: 'write all that it is built from into a folder',
        argument: { name: '<folder>', words: 'a new folder' },
        load: async () => (await import('../commands/image-commands.ts')).eject,
      },
    },
  },
  insight: {
    summary: 'RedisInsight, which knows our databases',
    commands: {
      up: {
        summary: 'start it with our databases set up',
        load: async () => (await import('../insight/commands.ts')).up,
      },
      down: {
        summary: 'take it away',
        load: async () => (await import('../insight/commands.ts')).down,
      },
    },
  },
};
