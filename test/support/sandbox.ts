/**
 * A sandbox for one test file: a Docker engine, a state folder and the built CLI that uses both. What the product creates
 * has fixed names, so two files cannot share an engine.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, startCli, type CliRun } from './cli.ts';
import { docker, engine as shared } from './docker.ts';
import { askEngine, filters } from './engine-api.ts';
import { startEngine, type Engine } from '../fakes/docker-engine.ts';

export interface Sandbox {
  readonly engine: Engine;
  /** REDISDEMO_HOME and DOCKER_HOST. */
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  /** Where the CLI runs: an empty folder. */
  readonly cwd: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliRun>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => ReturnType<typeof startCli>;
  /** Both channels of the docker client; throws when it fails. */
  readonly docker: (...args: readonly string[]) => Promise<string>;
  /** Containers, networks and volumes named redisdemo…, sorted. */
  readonly things: () => Promise<string[]>;
  /** Removes all of them, whoever made them, the service of `deploy local`, and the home. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** With the stand-in images. */
export async function openSandbox(): Promise<Sandbox> {
  const { images } = shared;
  const engine = await startEngine(images === undefined ? {} : { images });
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-sandbox-'));
  const home = join(folder, 'home');
  const cwd = await mkdtemp(join(folder, 'cwd-'));
  const env = { REDISDEMO_HOME: home, ...engine.env };
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await docker(args, engine.env);
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${output}`);
    return output;
  };
  return {
    engine,
    env,
    home,
    cwd,
    run: (args, more) => cli(args, { env: { ...env, ...more }, cwd }),
    start: (args, more) => startCli(args, { env: { ...env, ...more }, cwd }),
    docker: ask,
    things: () => thingsIn(engine.host),
    clear: async () => {
      for (const thing of await thingsIn(engine.host)) {
        const [kind = '', name = ''] = thing.split(' ');
        await askEngine(engine.host, `/${kind}s/${name}${kind === 'container' ? '?force=true&v=true' : ''}`, {
          method: 'DELETE',
        });
      }
      await endService(home);
      await rm(home, { recursive: true, force: true });
    },
    close: async () => {
      await endService(home);
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** SIGKILL to the service whose record is in the home; without a record there is none. */
async function endService(home: string): Promise<void> {
  const file = join(home, 'records/service.json');
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(await readFile(file, 'utf8')) as { readonly pid?: number };
  const words = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  if (pid !== undefined && words.includes('service/server.js')) process.kill(pid, 'SIGKILL');
}

/** Containers first: they hold the others. */
async function thingsIn(host: string): Promise<string[]> {
  const ours = filters({ name: ['redisdemo'] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    askEngine<readonly { Names: readonly string[] }[]>(host, `/containers/json?all=true&${ours}`),
    askEngine<readonly { Name: string }[]>(host, `/networks?${ours}`),
    askEngine<{ Volumes: readonly { Name: string }[] | null }>(host, `/volumes?${ours}`),
  ]);
  return [
    ...containers.map(({ Names: [name = ''] }) => name.replace(/^\//, 'container ')).sort(),
    ...networks.map(({ Name }) => `network ${Name}`).sort(),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`).sort(),
  ];
}
