/** The commands as a table: words, settings, and what to load when one is called. No logic. */
import {
  deploySettings,
  envSettings,
  imageSettings,
  insightSettings,
  linesSettings,
  planSettings,
  removeSettings,
  stackUpSettings,
  takeAwaySettings,
  upSettings,
  volumesSettings,
} from './docker-options.ts';
import { tourSettings } from './cloudrun-options.ts';
import { command, type CommandSpec } from './command-spec.ts';
import { CLOUDRUN_COMMANDS } from './cloudrun-commands.ts';
import { ENTERPRISE_COMMANDS } from './enterprise-commands.ts';
import { serveSettings, smokeSettings } from './options.ts';

export const GROUPS: Readonly<Record<string, string>> = {
  stack: 'Redis Stack, or Redis 8, in a container',
  enterprise: 'Redis Enterprise in containers, or elsewhere',
  'enterprise database': 'the databases of a cluster',
  image: 'the service as a Docker image',
  deploy: 'run the service: in the background, in a container, on Cloud Run',
  'deploy rollback': 'back to what was deployed before',
  destroy: 'take a deployed service away',
  insight: 'RedisInsight, which knows our databases',
};

export const COMMANDS: readonly CommandSpec[] = [
  command({
    name: 'tour',
    summary: 'walk every stage this machine can reach',
    description:
      'Walks every stage that this machine can reach, with the smoke test after each,\nand ends with one table. All that it starts is taken away again.\n\nCloud Run costs money, so it is walked only when a project is named here or in\nREDISDEMO_PROJECT (never the one that gcloud is set to), and a Redis is given\nthat it can reach: as the service redisdemo-tour, closed to the public.',
    settings: tourSettings,
    work: async (values, invocation) => (await import('./commands/tour.ts')).tourCommand(values, invocation),
  }),
  command({
    name: 'up',
    summary: 'one database, one target, smoke test',
    description:
      'Starts a database, runs the service against it, and proves it with the smoke\ntest. Run it twice: the second time only asks.',
    settings: { ...upSettings, explain: planSettings.explain },
    work: async (values, invocation) => (await import('./commands/up.ts')).upCommand(values, invocation),
  }),
  command({
    name: 'down',
    summary: 'take everything of ours away',
    description:
      'Takes away all that redisdemo made on this machine. The data of Redis Stack\nstays unless --volumes is given.',
    settings: { ...volumesSettings, ...removeSettings },
    work: async (values, invocation) => (await import('./commands/down.ts')).downCommand(values, invocation),
  }),
  command({
    name: 'status',
    summary: 'what is there: absent, partial, ready or foreign',
    description: 'Asks every stage what is there: absent, partial, ready or foreign.',
    settings: {},
    work: async (values, invocation) => (await import('./commands/status.ts')).statusCommand(values, invocation),
  }),
  command({
    name: 'serve',
    summary: 'run the REST service in the foreground',
    description:
      'Runs the REST service in the foreground: users in memory, or in Redis when one\nis given. Ctrl-C or SIGTERM finishes what is in flight and stops it.',
    settings: serveSettings,
    work: async (values, invocation) => (await import('./commands/serve.ts')).serveCommand(values, invocation),
  }),
  command({
    name: 'smoke',
    summary: 'test a running service',
    description:
      "Runs the tutorial's own test against a running service: the same contract on\nevery stage and on every run. Records that it did not write stay untouched.\nWhen Redis is given too, it also looks whether the data arrived there.",
    settings: smokeSettings,
    work: async (values, invocation) => (await import('./commands/smoke.ts')).smokeCommand(values, invocation),
  }),
  command({
    name: 'env',
    summary: 'a connection as variables for a shell',
    description:
      'Prints the connection of a database for a shell: eval "$(redisdemo env)".\nThe password itself only with --reveal, or in a file of your own with --out.',
    settings: envSettings,
    work: async (values, invocation) => (await import('./commands/env.ts')).envCommand(values, invocation),
  }),
  command({
    name: 'stack up',
    summary: 'start it, or find it running',
    description:
      'Starts Redis with JSON and Search in a container, with its data in a volume and\nappend-only persistence. Ready means: it answers from this machine, and a\ndocument goes there and back.',
    settings: { ...stackUpSettings, ...planSettings },
    work: async (values, invocation) => (await import('./commands/stack.ts')).stackUp(values, invocation),
  }),
  command({
    name: 'stack down',
    summary: 'take it away; its data stays',
    description: 'Takes the container away. The volume with the data stays unless --volumes is\ngiven.',
    settings: { ...volumesSettings, ...removeSettings },
    work: async (values, invocation) => (await import('./commands/stack.ts')).stackDown(values, invocation),
  }),
  command({
    name: 'stack status',
    summary: 'what is there',
    description: 'Says what is there: absent, partial, ready or foreign.',
    settings: {},
    work: async (values, invocation) => (await import('./commands/stack.ts')).stackStatus(values, invocation),
  }),
  command({
    name: 'stack logs',
    summary: 'the last lines of its log',
    description: "Prints the last lines of the container's log.",
    settings: linesSettings,
    work: async (values, invocation) => (await import('./commands/stack.ts')).stackLogs(values, invocation),
  }),
  ...ENTERPRISE_COMMANDS,
  ...CLOUDRUN_COMMANDS,
  command({
    name: 'image build',
    summary: 'build it',
    description:
      'Builds the service as a Docker image. No package manager runs in the build, and\nthe same service is not built twice.',
    settings: { ...imageSettings, ...planSettings },
    work: async (values, invocation) => (await import('./commands/image.ts')).imageBuild(values, invocation),
  }),
  command({
    name: 'image eject',
    summary: 'write all that it is built from into a folder',
    description:
      'Writes the Dockerfile, the ignore files and the service into a new folder, so\nthat you can go on without redisdemo.',
    argument: { name: '<folder>', words: 'a new folder' },
    settings: {},
    work: async (_values, invocation, [folder = '']) =>
      (await import('./commands/image.ts')).imageEject(folder, invocation),
  }),
  command({
    name: 'deploy local',
    summary: 'as a process in the background',
    description: 'Runs the service as a process in the background, and proves it with the smoke\ntest.',
    settings: { ...deploySettings, ...planSettings },
    work: async (values, invocation) =>
      (await import('./commands/deploy.ts')).deployCommand('local', values, invocation),
  }),
  command({
    name: 'deploy container',
    summary: 'as a container',
    description:
      'Builds the image if needed, runs the service as a container beside its\ndatabase, and proves it with the smoke test.',
    settings: { ...deploySettings, ...planSettings },
    work: async (values, invocation) =>
      (await import('./commands/deploy.ts')).deployCommand('container', values, invocation),
  }),
  command({
    name: 'destroy local',
    summary: 'the process in the background',
    description: 'Stops the process in the background, which finishes what is in flight.',
    settings: takeAwaySettings,
    work: async (values, invocation) =>
      (await import('./commands/deploy.ts')).destroyCommand('local', values, invocation),
  }),
  command({
    name: 'destroy container',
    summary: 'the container, its secret and its image',
    description: 'Takes the container away, and with it its secret and its image.',
    settings: takeAwaySettings,
    work: async (values, invocation) =>
      (await import('./commands/deploy.ts')).destroyCommand('container', values, invocation),
  }),
  command({
    name: 'insight up',
    summary: 'start it with our databases set up',
    description:
      'Starts RedisInsight in a container, with the databases of ours that run already\nset up. Its terms are accepted only when you say so.',
    settings: { ...insightSettings, ...planSettings },
    work: async (values, invocation) => (await import('./commands/insight.ts')).insightUp(values, invocation),
  }),
  command({
    name: 'insight down',
    summary: 'take it away',
    description: 'Takes RedisInsight away.',
    settings: takeAwaySettings,
    work: async (values, invocation) => (await import('./commands/insight.ts')).insightDown(values, invocation),
  }),
];
