/** Kill anywhere: SIGKILL at every boundary, and the same command again ends as if nothing had been. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipped } from '../support/docker.ts';
import { crashEverywhere, runUntilCrash, type CrashRun } from '../support/crash-recovery.ts';
import { everythingIn } from '../support/docker-state.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import type { PlanSettings } from '../support/crash-program.ts';

const ports = await Promise.all([freePort(), freePort()]);
const servicePort = await freePort();
const stack = { kind: 'stack', image: 'redis:8', password: true, port: ports[0], insightPort: ports[1] } as const;
const stackUp = ['stack', 'up', '--image', 'redis:8', '--port', String(ports[0])];
const container = { kind: 'deploy', target: 'container', port: servicePort } as const;

interface Case {
  readonly title: string;
  readonly plan: PlanSettings;
  /** What it stands on. */
  readonly before?: PlanSettings;
}

const CASES: readonly Case[] = [
  { title: 'redis-stack with a password', plan: { ...stack, image: 'redis/redis-stack' } },
  { title: 'redis:8', plan: { ...stack, password: false } },
  { title: 'the image', plan: { kind: 'image' } },
  { title: 'a container with users in memory', plan: { ...container, database: 'memory' } },
  { title: 'a container on the stack', before: stack, plan: { ...container, database: 'stack' } },
  { title: 'a process in the background', plan: { ...container, target: 'local', database: 'memory' } },
  { title: 'RedisInsight that knows the stack', before: stack, plan: { kind: 'insight', port: await freePort() } },
];

describe.skipIf(ownEngineMissing !== undefined)(`kill anywhere${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ redisdemo } = commandsIn(sandbox));
  });
  afterAll(() => sandbox.close());

  describe('at every boundary of the plan of', () => {
    it.each(CASES)('$title', async ({ plan, before }) => {
      if (before) await runUntilCrash(sandbox, 'make', before);
      await crashEverywhere(sandbox, {
        make: (crashes) => runUntilCrash(sandbox, 'make', plan, crashes),
        remove: (crashes) => runUntilCrash(sandbox, 'remove', plan, crashes),
      });
      if (before) await runUntilCrash(sandbox, 'remove', before);
    });
  });

  describe('before every change that a command asks the engine for, inside of steps too', () => {
    it.each([
      { up: [...stackUp, '--password'], down: ['stack', 'down', '--volumes', '--yes'] },
      { before: stackUp, up: ['deploy', 'container', '--port', String(servicePort)], down: ['destroy', 'container'] },
      {
        before: stackUp,
        up: ['insight', 'up', '--accept-terms', '--port', String(servicePort)],
        down: ['insight', 'down'],
      },
    ])('$up.0 $up.1, $down.0 $down.1', async ({ before, up, down }) => {
      if (before) await redisdemo([...before, '--password']);
      await crashEverywhere(sandbox, {
        make: (crashes) => runCli(up, crashes),
        remove: (crashes) => runCli(down, crashes),
      });
      await redisdemo(['down', '--volumes', '--yes']);
    });
  });

  /** Dies before the engine gets one of these requests. */
  const runCli = async (args: readonly string[], crashes: readonly string[] = []): Promise<CrashRun> => {
    const happened: string[] = [];
    let crashedAt: string | undefined;
    const proxy = await startEngineProxy(sandbox.engine.host, (request) => {
      const change = request.replace(/[0-9a-f]{64}/, 'ID');
      if (change.startsWith('GET ')) return false;
      happened.push(change);
      if (crashedAt !== undefined || !crashes.includes(change)) return false;
      crashedAt = change;
      return command.kill('SIGKILL');
    });
    const command = sandbox.start(args, { DOCKER_HOST: proxy.host });
    const { exitCode, signal, stderr } = await command;
    await proxy.close();
    if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
    return { crashedAt, happened };
  };

  it('while the image is built', async () => {
    const ground = await everythingIn(sandbox);
    const proxy = await startEngineProxy(sandbox.engine.host, (request) => {
      if (request.startsWith('POST /build')) build.kill('SIGKILL');
      return false;
    });
    const build = sandbox.start(['image', 'build'], { DOCKER_HOST: proxy.host });
    expect((await build).signal).toBe('SIGKILL');
    await proxy.close();
    await redisdemo(['image', 'build']);
    await redisdemo(['destroy', 'container']);
    expect(await everythingIn(sandbox)).toEqual(ground);
  });

  it('as soon as the record of a process is there: destroy finds the process all the same', async () => {
    const ground = await everythingIn(sandbox);
    const deploy = sandbox.start(['deploy', 'local', '--db', 'memory', '--port', String(servicePort)]);
    while (!existsSync(join(sandbox.home, 'records/service.json'))) await nextTurn();
    deploy.kill('SIGKILL');
    await deploy;
    await redisdemo(['destroy', 'local']);
    await expect.poll(() => processesOn(servicePort)).toEqual([]);
    expect(await everythingIn(sandbox)).toEqual(ground);
  });
});

/** The ids of the services that were told to listen there, whether or not they do yet. */
async function processesOn(port: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const listens = pids.map(async (pid) => {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return variables.split('\0').includes(`PORT=${String(port)}`) ? [pid] : [];
  });
  return (await Promise.all(listens)).flat();
}
