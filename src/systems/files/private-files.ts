import { constants, type Stats } from 'node:fs';
import { open, readdir, rename, rm, rmdir, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileHint, fileReason, ifThere, isForbidden } from '../../file-errors.ts';
import { makeFolder } from '../../folder.ts';
import { assertOwn } from '../../ownership.ts';
import { Problem } from '../../problem.ts';
import { quote } from '../../script/shell.ts';

const FOLDER_MODE = 0o700;
/** For files that are read as a whole: records, passwords, certificates. */
const LIMIT_BYTES = 1_048_576;

/** Renamed once complete: a reader never sees half of it. */
export async function writePrivate(file: string, content: string): Promise<void> {
  await assertOwnFolders(file);
  await usable(
    file,
    makeFolder(dirname(file), FOLDER_MODE).then(() => writeAtomically(file, content)),
  );
}

/** Rejects with {@link unusable} instead of the file system's error. */
export function usable<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw unusable(file, error as NodeJS.ErrnoException);
  });
}

export function unusable(file: string, error: NodeJS.ErrnoException): Problem {
  return new Problem(isForbidden(error) ? 'not_permitted' : 'bad_file', {
    message: `${file} cannot be used: ${fileReason(error)}.`,
    hint: fileHint(error, 'Set REDISDEMO_HOME to a folder that you can write to.'),
  });
}

/** undefined when there is no such file. */
export async function readPrivate(file: string): Promise<string | undefined> {
  return withPrivate(file, async (handle, { size }) => {
    if (size > LIMIT_BYTES)
      throw notPrivate(file, `has ${String(size)} bytes, too many for a record, a password or a certificate`);
    return handle.readFile('utf8');
  });
}

/** The end of a file of any size. undefined when there is no such file. */
export async function readEnd(file: string, bytes: number): Promise<string | undefined> {
  return withPrivate(file, async (handle, { size }) => {
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  });
}

async function withPrivate<T>(
  file: string,
  read: (handle: FileHandle, stats: Stats) => Promise<T>,
): Promise<T | undefined> {
  await assertOwnFolders(file);
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for a program that writes to it.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile()) throw notPrivate(file, 'is not a regular file', stats.isDirectory());
    assertOwn(file, stats);
    return await read(handle, stats);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error instanceof Problem ? error : unusable(file, error as NodeJS.ErrnoException);
  } finally {
    await handle?.close();
  }
}

/** The folder of a file and the state folder above it. Missing ones are created for their owner alone. */
async function assertOwnFolders(file: string): Promise<void> {
  for (const folder of [dirname(dirname(file)), dirname(file)]) {
    const stats = await usable(folder, ifThere(stat(folder)));
    if (stats) assertOwn(folder, stats);
  }
}

function notPrivate(file: string, reason: string, isFolder = false): Problem {
  return new Problem('bad_file', {
    message: `${file} ${reason}.`,
    hint: `redisdemo did not write it. Remove it: rm ${isFolder ? '-r ' : ''}${quote(file)}`,
  });
}

/** File names, without unfinished writes. */
export async function listPrivate(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => !UNFINISHED.test(name));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await usable(folder, ifThere(readdir(folder)))) ?? [];
}

/** Also removes unfinished writes, and folders that are empty then. */
export async function removePrivate(file: string): Promise<void> {
  const names = await namesIn(dirname(file));
  const unfinished = names.filter((name) => name.startsWith(`${basename(file)}.`) && UNFINISHED.test(name));
  try {
    for (const name of unfinished) await rm(join(dirname(file), name), { force: true });
    await rm(file, { force: true });
  } catch (error) {
    const isFolder = (error as NodeJS.ErrnoException).code === 'ERR_FS_EISDIR';
    throw isFolder ? notPrivate(file, 'is not a regular file', true) : unusable(file, error as NodeJS.ErrnoException);
  }
  await removeEmptyFolders(file);
}

/** The folder of a file and the one above it. */
export async function removeEmptyFolders(file: string): Promise<void> {
  for (const folder of [dirname(file), dirname(dirname(file))]) {
    try {
      await rmdir(folder);
    } catch {
      return; // not empty, or not there
    }
  }
}

export const SECRET_MODE = 0o600;
/** The suffix of a file that is not complete yet. */
export const UNFINISHED = /\.[0-9a-f]{8}$/;

/**
 * Flushes the file before it gets its name: after a power loss there is the old or the new content. Throws the file
 * system's error, and leaves no new file then.
 */
export async function writeAtomically(file: string, content: string): Promise<void> {
  const next = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await writeFile(next, content, { mode: SECRET_MODE, flag: 'wx', flush: true });
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw error;
  }
}
