/** A lock is a symbolic link that names the process at work: it is created in one step, with its content. */
import { readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../folder.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import type { Release } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { quote } from '../../script/shell.ts';
import { runningProcess, type RunningProcess } from '../processes/running-process.ts';
import { removeEmptyFolders, unusable, usable } from './private-files.ts';

/**
 * Without links there is no lock: nothing can be written there either, or the file system has none. Removing must work
 * on a full disk too.
 */
const NO_LOCKS: ReadonlySet<string | undefined> = new Set(
  'EACCES EPERM EROFS ENOTSUP ENOTDIR ENOSPC EDQUOT'.split(' '),
);

/** There is one, or another process has just removed the empty folder. */
const TAKEN: ReadonlySet<string | undefined> = new Set(['EEXIST', 'ENOENT']);

/** Another process may take the lock meanwhile. After more attempts, something else is in its place. */
const ATTEMPTS = 100;

/**
 * `absent` names the process that holds the lock. A process that has ended holds none.
 * @throws Problem `bad_setting` where something that is not a lock is in its place
 */
export async function takeLock(file: string): Promise<Answer<Release>> {
  const own = await runningProcess(process.pid);
  if (own.kind !== 'ok') return ok(() => Promise.resolve());
  const self = nameFor(process.pid, own.value);
  let refused: NodeJS.ErrnoException | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    refused = await make(file, self);
    if (refused === undefined) return ok(() => release(file, self));
    if (NO_LOCKS.has(refused.code)) return ok(() => Promise.resolve());
    if (!TAKEN.has(refused.code)) throw unusable(file, refused);
    const holder = await linkIn(file);
    if (holder === undefined) continue;
    const pid = Number(holder.split(' ', 1)[0]);
    const found = await runningProcess(pid);
    // Where the system does not tell, the process counts as running.
    const isAtWork = found.kind === 'failed' || (found.kind === 'ok' && nameFor(pid, found.value) === holder);
    if (isAtWork) return absent(`another redisdemo (pid ${String(pid)}) is at work`);
    await removeStale(file, holder);
  }
  if (refused?.code === 'ENOENT') throw unusable(file, refused);
  throw new Problem('bad_file', {
    message: `${file} cannot be used as a lock: it or its folder is something that redisdemo did not create.`,
    hint: `Look at both, and remove the wrong one: ls -ld ${quote(dirname(file))} ${quote(file)}`,
  });
}

/** The pid may belong to another process by now. */
function nameFor(pid: number, { started }: RunningProcess): string {
  return `${String(pid)} ${started}`;
}

async function make(file: string, self: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await makeFolder(dirname(file), 0o700);
    await symlink(self, file);
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function linkIn(file: string): Promise<string | undefined> {
  return readlink(file).catch(() => undefined);
}

/** Two that find the same stale lock must not both remove one: the second would remove the lock of the first. */
async function removeStale(file: string, holder: string): Promise<void> {
  const aside = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await linkIn(aside);
  await usable(aside, rm(aside, { force: true }));
  if (moved !== undefined && moved !== holder) await symlink(moved, file).catch(() => undefined);
}

async function release(file: string, self: string): Promise<void> {
  if ((await linkIn(file)) !== self) return;
  await usable(file, rm(file, { force: true }));
  await removeEmptyFolders(file);
}
