/** Print equals run: the printed script, with the real docker client on a clean engine, makes what the command makes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { commandsIn, type Commands } from '../support/commands.ts';
import { docker, skipped } from '../support/docker.ts';
import { runIn } from '../support/engine-api.ts';
import { everythingIn, filesIn, inspectNamed, inspectOurs } from '../support/docker-state.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { explainedCommands, paste, runScript } from '../support/printed-script.ts';

/** What means something to the shell, to sed, to printf and to redis.conf. */
const PASSWORD = `a"b\\c'd $HOME &\\1 \`e\` %s/|#`;

const [redis, redisInsight, service, insight] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
const stack = ['stack', 'up', '--port', String(redis), '--insight-port', String(redisInsight)];
const withPassword = [...stack, '--password-file', 'password'];
const container = ['deploy', 'container', '--port', String(service)];
const local = ['deploy', 'local', '--port', String(service)];
const insightUp = ['insight', 'up', '--accept-terms', '--port', String(insight)];
const away = {
  stack: ['stack', 'down', '--volumes', '--yes'],
  container: ['destroy', 'container'],
  local: ['destroy', 'local'],
  insight: ['insight', 'down'],
};

interface Case {
  readonly title: string;
  readonly command: readonly string[];
  /** What takes it away. */
  readonly away: readonly string[];
  /** What it stands on. */
  readonly before?: readonly string[];
  /** For the command, and for the script. */
  readonly env?: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  { title: 'redis-stack', command: stack, away: away.stack },
  { title: 'redis-stack with a generated password', command: [...stack, '--password'], away: away.stack },
  { title: 'redis-stack with the password of a file', command: withPassword, away: away.stack },
  { title: 'redis:8', command: [...stack, '--image', 'redis:8'], away: away.stack },
  { title: 'redis:8 with the password of a file', command: [...withPassword, '--image', 'redis:8'], away: away.stack },
  { title: 'the image', command: ['image', 'build'], away: away.container },
  { title: 'a container with users in memory', command: [...container, '--db', 'memory'], away: away.container },
  { title: 'a container on the stack', before: withPassword, command: container, away: away.container },
  {
    title: 'a process with users in memory, from a shell that knows a Redis',
    command: [...local, '--db', 'memory'],
    away: away.local,
    env: { REDISHOST: '127.0.0.1', REDISPORT: '1', REDISPASS: 'other', REDISTLS: 'true' },
  },
  { title: 'a process on the stack', before: withPassword, command: local, away: away.local },
  { title: 'RedisInsight that knows no database', command: insightUp, away: away.insight },
  { title: 'RedisInsight that knows the stack', before: stack, command: insightUp, away: away.insight },
];

describe.skipIf(ownEngineMissing !== undefined)(`print equals run${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ redisdemo } = commandsIn(sandbox));
    await writeFile(join(sandbox.cwd, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
  });
  afterAll(() => sandbox.close());
  afterEach(() => sandbox.clear());

  it.each(CASES)('$title', async (wanted) => {
    if (wanted.before) await redisdemo(wanted.before);
    await samePrintedAsRun(wanted);
  });

  it('a container on a Redis that has an address', async () => {
    await redisdemo(withPassword);
    const format = '{{.NetworkSettings.Networks.redisdemo.IPAddress}}';
    const { output: host } = await docker(['inspect', '--format', format, 'redisdemo-stack'], sandbox.env);
    const command = [...container, '--db', 'url', '--redis-host', host];
    await samePrintedAsRun({ command, away: away.container, env: { REDISPASS: PASSWORD } });
  });

  it.each([
    { foreign: 'container create --name redisdemo-service redis:8', command: [...container, '--db', 'memory'] },
    { foreign: 'container create --name redisdemo-stack redis:8', command: stack },
    { foreign: 'network create redisdemo', command: stack },
    { foreign: 'volume create redisdemo-stack-data', command: stack },
    { foreign: 'volume create redisdemo-insight-secrets', command: insightUp },
  ])('leaves what is not ours as it is, as the command does: $foreign', async ({ foreign, command }) => {
    const script = (await sandbox.run([...command, '--print'])).stdout;
    await sandbox.docker(...foreign.split(' '));
    const [kind = '', name = ''] = [
      foreign.split(' ')[0],
      foreign.split(' ').findLast((word) => word.startsWith('redisdemo')),
    ];
    const before = await sandbox.docker(kind, 'inspect', name);
    expect((await sandbox.run(command)).exitCode).toBe(5);
    await expect(run('sh', script)).rejects.toThrow(/not ours|already/);
    expect(await sandbox.docker(kind, 'inspect', name)).toBe(before);
    await sandbox.docker(kind, 'rm', ...(kind === 'container' ? ['--volumes'] : []), name);
  });

  /** And so do the explained commands in bash; and a second run of the script, in another shell, makes nothing. */
  async function samePrintedAsRun({ command, away, env = {} }: Omit<Case, 'title'>): Promise<void> {
    const ground = await everythingIn(sandbox);
    const { stdout: script } = await redisdemo([...command, '--print'], env);
    expect(script).not.toContain(PASSWORD.slice(0, 5));
    const { stderr } = await redisdemo([...command, '--explain'], env);
    const explained = explainedCommands(stderr);
    expect(explained).not.toEqual([]);
    const [made, plain] = [await state(), await plainState()];
    const removal = explainedCommands((await redisdemo([...away, '--explain'])).stderr);
    expect(await everythingIn(sandbox)).toEqual(ground);

    await paste(sandbox, explained, env);
    await expect.poll(plainState, { timeout: 20_000 }).toEqual(plain);
    await paste(sandbox, removal);
    await expect.poll(() => processAt(service)).toBeUndefined();
    expect(onEngine(await everythingIn(sandbox))).toEqual(onEngine(ground));

    await run('sh -n', script);
    await run('sh', script, env);
    expect(await state()).toEqual(made);
    const there = await everythingIn(sandbox);
    await run('bash --posix', script, env);
    expect(await everythingIn(sandbox)).toEqual(there);
    await redisdemo(away);
    expect(await everythingIn(sandbox)).toEqual(ground);
  }

  const run = async (shell: string, script: string, env: Case['env'] = {}): Promise<void> => {
    await runScript(sandbox, { shell, script, env });
  };

  const state = async () => {
    const ours = await inspectOurs(sandbox);
    const containers = Object.keys(ours).flatMap((name) => /^container (.*)/.exec(name)?.[1] ?? []);
    return {
      ours,
      files: await filesIn(sandbox.home),
      secrets: await Promise.all(containers.map(secretsIn)),
      process: await processAt(service),
    };
  };

  /** But for redisdemo's own labels and records. */
  const plainState = async () => {
    const things = await inspectNamed(sandbox);
    const containers = Object.keys(things).flatMap((name) => /^container (.*)/.exec(name)?.[1] ?? []);
    return {
      things,
      files: (await filesIn(sandbox.home)).filter((file) => / 600 (?:secrets|certificates)\//.test(file)),
      secrets: await Promise.all(containers.map(secretsIn)),
      process: await processAt(service),
    };
  };

  /** With who may read them. A generated password is another one each time. */
  const secretsIn = async (name: string): Promise<string> => {
    const words = ['sh', '-c', 'cd /run/secrets && ls -ln && cat *'];
    const { output } = await runIn(sandbox.engine.host, name, words);
    const generated = await readFile(join(sandbox.home, 'secrets/stack-password'), 'utf8').catch(() => '-');
    return output.replaceAll(generated, 'generated').replace(/ \w{3} +\d+ \d\d:\d\d /g, ' ');
  };
});

const onEngine = (things: readonly string[]): readonly string[] => things.filter((thing) => !thing.startsWith('home '));

/** What it was given, and what it says; undefined when nothing listens there. */
async function processAt(port: number): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health`).catch(() => undefined);
  if (!answer) return undefined;
  const { status, store } = (await answer.json()) as Readonly<Record<string, unknown>>;
  const listening = await execa('lsof', ['-t', `-iTCP:${String(port)}`, '-sTCP:LISTEN'], { reject: false });
  // A container's is the engine's.
  const words = await readFile(`/proc/${listening.stdout}/environ`, 'utf8').catch(() => '');
  const variables = words.split('\0').filter((text) => /^(?:REDIS(?!DEMO)|PORT|LISTEN_HOST)/.test(text));
  return { status, store, variables: variables.sort() };
}
