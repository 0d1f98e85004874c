/** Kill anywhere: SIGKILL at every boundary, and the same command again ends as if nothing had been. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipped } from '../docker.ts';
import { everythingIn, filesIn, inspectOurs } from '../docker-state.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openLab, type Lab } from '../lab.ts';
import { commandsIn, type Commands } from '../commands.ts';
import type { PlanSettings } from '../mortal.ts';

const MORTAL = fileURLToPath(new URL('../mortal.ts', import.meta.url));

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
  let lab: Lab;
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    lab = await openLab();
    ({ redisdemo } = commandsIn(lab));
  });
  afterAll(() => lab.close());

  const state = async () => ({
    docker: await inspectOurs(lab),
    files: await filesIn(lab.home),
  });

  /** What it reported, in order. Dies where that is `death`. */
  const runMortal = async (work: 'make' | 'remove', plan: PlanSettings, death = ''): Promise<Life> => {
    const { exitCode, signal, stdout, stderr } = await execa(
      process.execPath,
      [MORTAL, work, JSON.stringify(plan), death],
      { env: { ...lab.env, NODE_COMPILE_CACHE: join(lab.cwd, 'cache') }, reject: false },
    );
    if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
    return { died: signal === 'SIGKILL', happened: stdout.split('\n').filter(Boolean) };
  };

  describe('at every boundary of the plan of', () => {
    it.each(CASES)('$title', async ({ plan, before }) => {
      if (before) await runMortal('make', before);
      await dieEverywhere({
        make: (death) => runMortal('make', plan, death),
        remove: (death) => runMortal('remove', plan, death),
      });
      if (before) await runMortal('remove', before);
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
      await dieEverywhere({ make: (death) => runCli(up, death), remove: (death) => runCli(down, death) });
      await redisdemo(['down', '--volumes', '--yes']);
    });
  });

  /** Dies before the engine gets the request `death`. */
  const runCli = async (args: readonly string[], death?: string): Promise<Life> => {
    const happened: string[] = [];
    const proxy = await startEngineProxy(lab.engine.host, (request) => {
      const change = request.replace(/[0-9a-f]{64}/, 'ID');
      if (change.startsWith('GET ')) return false;
      happened.push(change);
      if (change !== death) return false;
      return command.kill('SIGKILL');
    });
    const command = lab.start(args, { DOCKER_HOST: proxy.host });
    const { exitCode, signal, stderr } = await command;
    await proxy.close();
    if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
    return { died: signal === 'SIGKILL', happened };
  };

  it('while the image is built', async () => {
    const ground = await everythingIn(lab);
    const proxy = await startEngineProxy(lab.engine.host, (request) => {
      if (request.startsWith('POST /build')) build.kill('SIGKILL');
      return false;
    });
    const build = lab.start(['image', 'build'], { DOCKER_HOST: proxy.host });
    expect((await build).signal).toBe('SIGKILL');
    await proxy.close();
    await redisdemo(['image', 'build']);
    await redisdemo(['destroy', 'container']);
    expect(await everythingIn(lab)).toEqual(ground);
  });

  it('as soon as the record of a process is there: destroy finds the process all the same', async () => {
    const ground = await everythingIn(lab);
    const deploy = lab.start(['deploy', 'local', '--db', 'memory', '--port', String(servicePort)]);
    while (!existsSync(join(lab.home, 'records/service.json'))) await nextTurn();
    deploy.kill('SIGKILL');
    await deploy;
    await redisdemo(['destroy', 'local']);
    expect(await processesOn(servicePort)).toEqual([]);
    expect(await everythingIn(lab)).toEqual(ground);
  });

  /**
   * The list of boundaries is that of a run that is left alone. Then one run after the other dies at the next of them,
   * each going on from where the one before has died, until one may live.
   */
  async function dieEverywhere({ make, remove }: Work): Promise<void> {
    const ground = await everythingIn(lab);
    const { happened: boundaries } = await make();
    const whole = await state();
    const { happened: removals } = await remove();
    expect(await everythingIn(lab)).toEqual(ground);

    expect(await survivors(make, boundaries)).toEqual([]);
    await make();
    expect(await state()).toEqual(whole);
    expect(await survivors(remove, removals)).toEqual([]);
    await remove();
    expect(await everythingIn(lab)).toEqual(ground);
  }
});

interface Life {
  readonly died: boolean;
  readonly happened: readonly string[];
}

interface Work {
  readonly make: (death?: string) => Promise<Life>;
  readonly remove: (death?: string) => Promise<Life>;
}

/** The boundaries that a run did not come by. Whether there is something to wait for is another matter in each. */
async function survivors(work: Work['make'], boundaries: readonly string[]): Promise<readonly string[]> {
  const survived: string[] = [];
  for (const boundary of boundaries) {
    const { died } = await work(boundary);
    if (!died && !boundary.includes('waiting for')) survived.push(boundary);
  }
  return survived;
}

/** The ids of the services that were told to listen there, whether or not they do yet. */
async function processesOn(port: number): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const listens = pids.map(async (pid) => {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return variables.split('\0').includes(`PORT=${String(port)}`) ? [pid] : [];
  });
  return (await Promise.all(listens)).flat();
}
