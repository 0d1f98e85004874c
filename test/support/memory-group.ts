/** A control group of the kernel with a memory limit, as a container has one: what takes more is killed. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;

export interface Version {
  readonly root: string;
  /** Files and what is written into them: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html. */
  readonly limits: (bytes: string) => Readonly<Record<string, string>>;
  readonly kills: { readonly file: string; readonly pattern: RegExp };
}

const VERSIONS: readonly Version[] = [
  {
    root: '/sys/fs/cgroup/memory',
    limits: (bytes) => ({ 'memory.limit_in_bytes': bytes, 'memory.swappiness': '0' }),
    kills: { file: 'memory.oom_control', pattern: /^oom_kill (\d+)$/m },
  },
  {
    root: '/sys/fs/cgroup',
    limits: (bytes) => ({ 'memory.max': bytes, 'memory.swap.max': '0' }),
    kills: { file: 'memory.events', pattern: /^oom_kill (\d+)$/m },
  },
];

export interface MemoryGroup {
  /** Written with the number of a process, it takes that process in. */
  readonly procs: string;
  /** How many of its processes the kernel has killed for their memory. */
  readonly kills: () => number;
  /** To be called when its processes are gone. */
  readonly close: () => void;
}

function open(version: Version, mebibytes: number): MemoryGroup {
  const dir = join(version.root, `redisdemo-test-${String(process.pid)}`);
  mkdirSync(dir);
  const close = (): void => {
    rmdirSync(dir);
  };
  try {
    for (const [name, value] of Object.entries(version.limits(String(mebibytes * MEBIBYTE)))) {
      writeFileSync(join(dir, name), value);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    procs: join(dir, 'cgroup.procs'),
    kills: () => Number(version.kills.pattern.exec(readFileSync(join(dir, version.kills.file), 'utf8'))?.[1]),
    close,
  };
}

/** The first version that the kernel has here; or why no group of it can be made and limited, with the file in question. */
export function findVersion(versions: readonly Version[]): Version | string {
  const version = versions.find(({ root }) => existsSync(join(root, 'cgroup.procs')));
  if (version === undefined) return 'no memory control groups are mounted under /sys/fs/cgroup';
  try {
    open(version, 16).close();
    return version;
  } catch (error) {
    return `no memory control group can be limited: ${(error as Error).message}`;
  }
}

const version = findVersion(VERSIONS);

/** Why tests that need one are skipped, to stand in their title; empty when they can run. */
export const memoryGroupMissing = typeof version === 'string' ? ` (SKIPPED: ${version})` : '';

export function openMemoryGroup(mebibytes: number): MemoryGroup {
  if (typeof version === 'string') throw new Error(version);
  return open(version, mebibytes);
}
