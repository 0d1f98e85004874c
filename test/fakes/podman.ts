/**
 * A real Podman with a Docker API, in a directory of its own: storage, networks and settings. Nothing of it is imitated,
 * but the set-up relies on:
 * - containers.conf(5): the runtime, `cgroupfs` and a log of events in a file where there is no systemd, limits that a
 *   container of this machine may have, and netavark, whose names containers know each other by.
 * - podman-system-service(1): `--time 0` runs until it is ended.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { until } from '../support/docker.ts';
import { askEngine } from '../support/engine-api.ts';
import { DAEMON_PATH } from './dockerd.ts';

const RUNTIME = fileURLToPath(new URL('runc-without-sys-resource.sh', import.meta.url));
const HELPERS = ['/usr/lib/podman', '/usr/libexec/podman'];

export interface Podman {
  /** For DOCKER_HOST. */
  readonly host: string;
  readonly env: Readonly<Record<string, string>>;
  readonly own: true;
  readonly stop: () => Promise<void>;
}

/** Why there is none here. */
export const podmanMissing = whatIsMissing();

function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'Podman needs root here';
  if (spawnSync('podman', ['--version']).error) return 'podman is not installed';
  if (spawnSync('runc', ['--version'], { env: { PATH: DAEMON_PATH } }).error) return 'runc is not installed';
  const missing = ['netavark', 'aardvark-dns'].find(
    (name) => !HELPERS.some((folder) => existsSync(join(folder, name))),
  );
  return missing && `${missing} is not installed`;
}

export async function startPodman(): Promise<Podman> {
  const dir = await mkdtemp(join(tmpdir(), 'redisdemo-podman-'));
  const socket = join(dir, 'podman.sock');
  // conmon 2.1 cannot start a runtime whose path has a space in it; the mode is copied too.
  await copyFile(RUNTIME, join(dir, 'runtime'));
  await writeFile(join(dir, 'storage.conf'), storage(dir));
  await writeFile(join(dir, 'containers.conf'), containers(dir));
  const settings = {
    PATH: DAEMON_PATH,
    CONTAINERS_CONF: join(dir, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(dir, 'storage.conf'),
  };
  const podman = (...args: readonly string[]) => execa('podman', args, { env: settings, reject: false });
  const service = spawn('podman', ['system', 'service', '--time', '0', `unix://${socket}`], {
    env: { ...process.env, ...settings },
    stdio: 'ignore',
  });
  const ended = once(service, 'exit');
  const host = `unix://${socket}`;
  const stop = async (): Promise<void> => {
    await podman('rm', '--all', '--force', '--volumes');
    await podman('network', 'prune', '--force');
    service.kill('SIGTERM');
    await ended;
    await podman('system', 'reset', '--force');
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await until(() => askEngine(host, '/info'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { host, env: { DOCKER_HOST: host }, own: true, stop };
}

function storage(dir: string): string {
  return ['[storage]', 'driver = "vfs"', `graphroot = "${dir}/root"`, `runroot = "${dir}/run"`].join('\n');
}

function containers(dir: string): string {
  return [
    '[engine]',
    'runtime = "tests"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `tmp_dir = "${dir}/tmp"`,
    `volume_path = "${dir}/volumes"`,
    `helper_binaries_dir = ${JSON.stringify(HELPERS)}`,
    '[engine.runtimes]',
    `tests = ["${dir}/runtime"]`,
    '[containers]',
    'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
    '[network]',
    'network_backend = "netavark"',
    `network_config_dir = "${dir}/networks"`,
  ].join('\n');
}
