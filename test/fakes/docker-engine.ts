/**
 * The Docker engine of the tests: one of their own, gone without a trace after stop() or when the test runner dies; or
 * the one at REDISDEMO_TEST_DOCKER_HOST, where only what carries our label goes at the end. How the own one is set up,
 * and what that relies on, is said in dockerd.ts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { DAEMON_PATH, socketIn, startDockerd, type Dockerd } from './dockerd.ts';

/** On every stand-in image and what is built from it. Not the product's label: containers inherit their image's. */
export const STAND_IN_LABEL = 'redisdemo-test';

/** What goes from an engine that is not ours: what the product made, and the stand-ins. */
const LABELS = ['redisdemo', STAND_IN_LABEL];

const END = fileURLToPath(new URL('docker-engine-end.sh', import.meta.url));
const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';
const NEEDED = [
  ['dockerd', '--version'],
  ['docker', '--version'],
  ['ip', '-V'],
] as const;
const foreignHost = process.env['REDISDEMO_TEST_DOCKER_HOST'];

export interface Engine {
  /** `unix:///…/docker.sock`, for DOCKER_HOST. */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  /** It is ours alone: it may be killed, and its images replaced. */
  readonly own: boolean;
  /** SIGKILL: connections break, published ports close, containers run on without an engine. */
  readonly kill: () => Promise<void>;
  /** After kill(), with the same data. Containers without a restart policy have then ended. */
  readonly restart: () => Promise<void>;
  /** Ends the daemon only. Resolves with the folder that other engines can take their images from, until stop(). */
  readonly retire: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Why no engine of our own can run here. */
export const ownEngineMissing = whatIsMissing();

/** Why there is no engine for the tests here at all. */
export const engineMissing = foreignHost === undefined ? ownEngineMissing : undefined;

function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'dockerd needs root; REDISDEMO_TEST_DOCKER_HOST may name an engine that runs';
  const missing = NEEDED.find(([program, flag]) => spawnSync(program, [flag], { env: { PATH: DAEMON_PATH } }).error);
  return missing && `${missing[0]} is not installed`;
}

interface EngineOptions {
  /** How much the engine can store, in MB, where it must run out of space. */
  readonly spaceMb?: number;
  /** Begins with the images of an engine that has retired: its folder. */
  readonly images?: string;
}

/** For all tests together: the engine at REDISDEMO_TEST_DOCKER_HOST where that is set, else one of our own. */
export async function startSharedEngine(options: EngineOptions = {}): Promise<Engine> {
  return foreignHost === undefined ? startEngine(options) : foreignEngine(foreignHost);
}

/** One of our own, without images unless it begins with some. Takes less than a second, and a second to stop. */
export async function startEngine({ spaceMb, images }: EngineOptions = {}): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), 'redisdemo-engine-'));
  const bridge = `rd-${basename(dir).slice(-6)}`;
  const host = `unix://${socketIn(dir)}`;
  const stop = endWithUs(dir, bridge);
  let daemon: Dockerd;
  try {
    await addBridge(bridge);
    if (spaceMb !== undefined) await limitSpace(join(dir, 'data'), spaceMb);
    if (images !== undefined) await copyImages(images, join(dir, 'data'));
    daemon = await startDockerd(dir, bridge);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    env: { DOCKER_HOST: host },
    own: true,
    kill: () => daemon.kill(),
    restart: async () => {
      daemon = await startDockerd(dir, bridge);
    },
    retire: async () => {
      await daemon.shutDown();
      return join(dir, 'data');
    },
    stop,
  };
}

/**
 * The files of a layer are only read or removed, for a container writes into a layer of its own: links do (docs.docker.com,
 * "OverlayFS storage driver"). Which images there are, and of which layers, is in files that an engine writes to.
 */
async function copyImages(from: string, to: string): Promise<void> {
  await mkdir(to);
  await execa('cp', ['--archive', '--link', join(from, 'overlay2'), to]);
  await execa('cp', ['--archive', join(from, 'image'), to]);
}

/** Returns what ends the engine and removes all its traces. */
function endWithUs(dir: string, bridge: string): () => Promise<void> {
  const forward = readFileSync(IP_FORWARD, 'utf8').trim();
  const watchdog = spawn('sh', [END, dir, bridge, forward], {
    detached: true, // Ctrl-C in a terminal reaches every process of the group
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, PATH: DAEMON_PATH },
  });
  watchdog.unref();
  const gone = once(watchdog, 'exit');
  return async () => {
    watchdog.ref();
    watchdog.stdin.end();
    const [code] = (await gone) as [number | null];
    if (code !== 0) throw new Error(`not all of the Docker engine in ${dir} could be removed`);
  };
}

async function addBridge(bridge: string): Promise<void> {
  const taken = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
  const candidates = Array.from({ length: 100 }, () => `10.213.${String(Math.floor(Math.random() * 256))}.1`);
  const address = candidates.find((candidate) => !taken.includes(candidate));
  const ip = (...args: readonly string[]) => execa('ip', args, { env: { PATH: DAEMON_PATH } });
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('addr', 'add', `${String(address)}/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
}

async function limitSpace(dir: string, megabytes: number): Promise<void> {
  await mkdir(dir);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m`, 'tmpfs', dir], {
    env: { PATH: DAEMON_PATH },
  });
}

/** All but what carries our label belongs to somebody. */
function foreignEngine(host: string): Engine {
  const env = { DOCKER_HOST: host };
  const list = async (...args: readonly string[]): Promise<Set<string>> => {
    const calls = LABELS.map((label) => execa('docker', [...args, '--quiet', '--filter', `label=${label}`], { env }));
    const answers = await Promise.all(calls);
    return new Set(answers.flatMap(({ stdout }) => stdout.split('\n')).filter(Boolean));
  };
  const refuse = (): Promise<never> => Promise.reject(new Error(`the engine at ${host} is not ours`));
  const stop = async (): Promise<void> => {
    for (const id of await list('ps', '--all')) await execa('docker', ['rm', '--force', '--volumes', id], { env });
    for (const kind of ['network', 'volume', 'image']) {
      for (const id of await list(kind, 'ls')) {
        await execa('docker', [kind, 'rm', ...(kind === 'image' ? ['--force'] : []), id], { env });
      }
    }
  };
  return { host, env, own: false, kill: refuse, restart: refuse, retire: refuse, stop };
}
