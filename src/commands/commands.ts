/** The commands as a table: those of every stage, and those that read the list of stages. No logic. */
import type { CommandEntry, CommandTable } from '../command/command-spec.ts';
import { targetsOf } from '../stage/list.ts';
import type { Stages, Target } from '../stage/stage.ts';

export function commandsOf(stages: Stages): CommandTable {
  return {
    tour: {
      summary: 'walk every stage this machine can reach',
      load: async () => (await import('./tour-command.ts')).tourWith(stages),
    },
    up: {
      summary: 'one database, one target, smoke test',
      load: async () => (await import('./up-command.ts')).upWith(stages),
    },
    down: {
      summary: 'take everything of ours away',
      load: async () => (await import('./down-command.ts')).downWith(stages),
    },
    status: {
      summary: 'what is there: absent, partial, ready or foreign',
      load: async () => (await import('./status-command.ts')).statusWith(stages),
    },
    serve: {
      summary: 'run the REST service in the foreground',
      load: async () => (await import('./serve-command.ts')).serve,
    },
    smoke: {
      summary: 'test a running service',
      load: async () => (await import('./smoke-command.ts')).smokeWith(stages),
    },
    env: {
      summary: 'a connection as variables for a shell',
      load: async () => (await import('./env-command.ts')).envWith(stages),
    },
    ...groupsOf(stages.filter(({ kind }) => kind === 'database')),
    ...deployCommands(stages),
    image: {
      summary: 'the service as a Docker image',
      commands: {
        build: { summary: 'build it', load: async () => (await import('./image-commands.ts')).build },
        eject: {
          summary: 'write all that it is built from into a folder',
          argument: { name: '<folder>', words: 'a new folder' },
          load: async () => (await import('./image-commands.ts')).eject,
        },
      },
    },
    ...groupsOf(stages.filter(({ kind }) => kind !== 'database')),
  };

  function groupsOf(own: Stages): CommandTable {
    return Object.fromEntries(
      own.flatMap(({ name, summary, commands }) =>
        commands ? [[name, { summary, commands: commands(stages) }] as const] : [],
      ),
    );
  }
}

/** What a target can do beside being deployed, and how the list of commands says it. */
const VERBS = {
  logs: 'the log of a deployed service',
  promote: 'give the traffic to what was deployed without it',
  rollback: 'back to what was deployed before',
} as const;

function deployCommands(stages: Stages): CommandTable {
  const targets = targetsOf(stages);
  const verbs = Object.entries(VERBS).map(([verb, summary]) => [
    verb,
    { summary, commands: each(targets, ({ verbs: own }) => own[verb as keyof typeof VERBS]) },
  ]);
  const places = targets.map(({ summary }) => summary.replace(/^as a process /, ''));
  return {
    deploy: {
      summary: `run the service: ${places.join(', ')}`,
      commands: {
        ...each(targets, (target) => ({
          summary: target.summary,
          load: async () => (await import('./deploy-command.ts')).deployTo(target, stages),
        })),
        status: {
          summary: 'what is deployed, and what it costs',
          load: async () => (await import('./deploy-command.ts')).deployStatusWith(stages),
        },
        ...(Object.fromEntries(verbs) as CommandTable),
      },
    },
    destroy: {
      summary: 'take a deployed service away',
      commands: each(targets, (target) => ({
        summary: target.removes,
        load: async () => (await import('./deploy-command.ts')).destroyFrom(target),
      })),
    },
  };
}

function each(targets: readonly Target[], entryOf: (target: Target) => CommandEntry | undefined): CommandTable {
  const entries = targets.map((target) => [target.name, entryOf(target)] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, CommandEntry] => entry[1] !== undefined),
  );
}
