/**
 * A Docker engine of a test file's own, with a home of its own, and the built CLI against both: what the product makes
 * has fixed names, so two files cannot share an engine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, startCli, type CliRun } from './cli.ts';
import { docker } from './docker.ts';
import { startEngine, type Engine } from './fakes/docker-engine.ts';
import { loadImages } from './fakes/images.ts';

export interface Lab {
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
  /** Containers, networks and volumes with our name, sorted. */
  readonly things: () => Promise<string[]>;
  /** Takes all of them away, whoever made them, and the home. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** With the stand-in images it takes some seconds. */
export async function openLab({ images = true } = {}): Promise<Lab> {
  const engine = await startEngine();
  if (images) {
    await loadImages(engine).catch(async (error: unknown) => {
      await engine.stop();
      throw error;
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-lab-'));
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
    things: () => listThings(ask),
    clear: async () => {
      for (const thing of await listThings(ask)) {
        const [kind = '', name = ''] = thing.split(' ');
        await ask(kind, 'rm', ...(kind === 'container' ? ['--force', '--volumes'] : []), name);
      }
      await rm(home, { recursive: true, force: true });
    },
    close: async () => {
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Containers first: they hold the others. */
async function listThings(ask: Lab['docker']): Promise<string[]> {
  const list = async (kind: string, format: string, ...more: readonly string[]): Promise<string[]> => {
    const output = await ask(kind, 'ls', ...more, '--filter', 'name=redisdemo', '--format', format);
    return output.split('\n').filter(Boolean).sort();
  };
  return [
    ...(await list('container', 'container {{.Names}}', '--all')),
    ...(await list('network', 'network {{.Name}}')),
    ...(await list('volume', 'volume {{.Name}}')),
  ];
}
