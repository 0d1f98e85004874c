/** No secret leaks: not into arguments, output, logs, `inspect`, printed plans, or files that others can read. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesWith, leaks, leakyFiles, watchCommandLines } from '../support/secret-leaks.ts';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const GIVEN = `given-${randomBytes(12).toString('hex')}`;
const [redis, redisInsight, service, other, insight] = await Promise.all(Array.from({ length: 5 }, () => freePort()));

const stack = ['stack', 'up', '--port', String(redis), '--insight-port', String(redisInsight)];
const container = ['deploy', 'container', '--port', String(service)];
const local = ['deploy', 'local', '--port', String(other)];
const insightUp = ['insight', 'up', '--accept-terms', '--port', String(insight)];
const url = ['--db', 'url', '--redis-host', '127.0.0.1', '--redis-port', String(redis)];

/** What is printed is run as well: its arguments are those of the real clients. */
const PRINTED = [[...stack, '--password-file', 'password'], container, local, insightUp];

/** All that has to do with the password, where it works and where it fails. */
const COMMANDS: readonly (readonly [exitCode: number, ...command: string[]])[] = [
  ...PRINTED.map((command) => [0, ...command, '--explain'] as const),
  ...PRINTED.map((command) => [0, ...command, '--json'] as const),
  [0, ...stack, '--password'],
  [5, ...stack],
  [0, 'env'],
  ...['fish', 'powershell', 'cmd', 'dotenv', 'docker', 'json'].map((shell) => [0, 'env', '--shell', shell] as const),
  [0, 'env', '--out', 'connection.env'],
  [0, 'stack', 'status', '--json'],
  [0, 'stack', 'logs'],
  [0, 'status', '--json'],
  [0, 'smoke', '--url', `http://127.0.0.1:${String(service)}`, '--junit', 'smoke.xml', ...url.slice(2)],
  [0, 'tour', '--json'],
  [0, 'destroy', 'local', '--explain'],
  [0, ...local, ...url, '--json'],
  [2, ...container, ...url, '--json'],
  [5, 'deploy', 'local', '--port', String(redis), ...url],
];

const WITH_GENERATED = [[...stack, '--password'], container, insightUp, ['env'], ['stack', 'logs']];

describe.skipIf(ownEngineMissing !== undefined)(`a secret${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
    await writeFile(join(sandbox.cwd, 'password'), GIVEN, { mode: 0o600 });
  });
  afterAll(() => sandbox.close());

  const outputs: string[] = [];
  const redisdemo = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<number | undefined> => {
    // With DEBUG set, the Redis and Docker clients would print what they send.
    const { exitCode, stdout, stderr } = await sandbox.run(args, { DEBUG: '*', ...env });
    outputs.push(stdout, stderr);
    return exitCode;
  };

  /** What Docker knows of everything, and what the containers and the service wrote. */
  const traces = async (): Promise<readonly string[]> => {
    const lists = [
      ['container', ['ps', '--all', '--quiet']],
      ['image', ['image', 'ls', '--quiet']],
      ['volume', ['volume', 'ls', '--quiet']],
      ['network', ['network', 'ls', '--quiet']],
    ] as const;
    const found = lists.map(async ([kind, list]) => {
      const ids = (await sandbox.docker(...list)).split('\n').filter(Boolean);
      const inspected = await sandbox.docker(kind, 'inspect', ...ids);
      const logs = kind === 'container' ? await Promise.all(ids.map((id) => sandbox.docker('logs', id))) : [];
      return [inspected, ...logs];
    });
    return (await Promise.all(found)).flat();
  };

  it('that is given or generated leaks nowhere, in a whole journey', async () => {
    const watch = await watchCommandLines();
    for (const [exitCode, ...command] of COMMANDS) {
      expect([await redisdemo(command, { REDISPASS: GIVEN }), command]).toEqual([exitCode, command]);
    }
    const given = await traces();
    await redisdemo(['down', '--volumes', '--yes', '--explain']);

    for (const command of PRINTED) {
      await redisdemo([...command, '--print']);
      await execa('sh', ['-c', outputs.at(-2) ?? ''], { env: sandbox.env, cwd: sandbox.cwd });
    }
    const printed = await traces();
    await redisdemo(['down', '--volumes', '--yes']);

    for (const command of WITH_GENERATED) expect(await redisdemo(command)).toBe(0);
    const generated = await readFile(join(sandbox.home, 'secrets/stack-password'), 'utf8');
    const everything = [...(await watch.stop()), ...outputs, ...given, ...printed, ...(await traces())];
    expect(leaks(everything, [GIVEN, generated])).toEqual([]);
    expect(await leakyFiles(join(sandbox.home, '..'), [GIVEN, generated])).toEqual([]);
  });

  it('is written once by a run: what only a script or a client needs as a file is in none', async () => {
    await redisdemo(['down', '--volumes', '--yes']);
    for (const command of PRINTED) expect([await redisdemo(command), command]).toEqual([0, command]);
    const holding = await filesWith(join(sandbox.home, '..'), [GIVEN]);
    const named = [join(sandbox.cwd, 'password'), join(sandbox.home, 'secrets/stack-password')];
    expect(holding.filter((file) => !named.includes(file) && !file.endsWith('/connection.env'))).toEqual([]);
    await redisdemo(['down', '--volumes', '--yes']);
  });

  it('that comes through a pipe is the password of the container', async () => {
    await redisdemo(['down', '--volumes', '--yes']);
    const pipe = join(sandbox.cwd, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const written = writeFile(pipe, `${GIVEN}\n`);
    expect(await redisdemo([...stack, '--password-file', pipe])).toBe(0);
    await written;
    const smoke = ['deploy', 'local', '--port', String(other), ...url];
    expect(await redisdemo(smoke, { REDISPASS: `${GIVEN}\n` })).toBe(0);
  });

  it('would be found', async () => {
    const watch = await watchCommandLines();
    const leaky = execa('sleep', ['infinity'], { argv0: GIVEN, reject: false });
    const found = await watch.stop();
    leaky.kill();
    await leaky;
    expect(leaks(found, [GIVEN])).toEqual([expect.stringContaining(GIVEN) as string]);
    const folder = join(sandbox.home, '../open');
    await mkdir(folder);
    await writeFile(join(folder, 'open'), `…${GIVEN}…`, { mode: 0o644 });
    await writeFile(join(folder, 'private'), GIVEN, { mode: 0o600 });
    expect(await leakyFiles(folder, [GIVEN])).toEqual([join(folder, 'open')]);
  });
});
