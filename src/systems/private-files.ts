import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../problem.ts';

/** What a file is called until it is whole. */
const HALF = /\.[0-9a-f]{8}$/;
const OWNER_ONLY = { file: 0o600, folder: 0o700 };

/** Written whole and then renamed: a reader never sees half of it. */
export async function writePrivate(file: string, content: string): Promise<void> {
  const next = `${file}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: OWNER_ONLY.folder });
    await writeFile(next, content, { mode: OWNER_ONLY.file, flag: 'wx' });
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw unusable(file, error as NodeJS.ErrnoException);
  }
}

function unusable(file: string, { code, message }: NodeJS.ErrnoException): Problem {
  const isForbidden = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return new Problem(isForbidden ? 'not_permitted' : 'bad_setting', {
    message: `${file} cannot be used: ${message}`,
    hint: 'Give the path of a file in a folder of yours; REDISDEMO_HOME names the folder for what redisdemo keeps.',
  });
}

/** undefined when there is no such file. */
export async function readPrivate(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, error as NodeJS.ErrnoException);
  }
}

/** Of the files in a folder, without what a write that was cut off left. */
export async function privateNames(folder: string): Promise<readonly string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => !HALF.test(name));
}

/** None in a folder that is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(folder, error as NodeJS.ErrnoException);
  }
}

/** The file, what a write that was cut off left beside it, and the folders above it that are empty then. */
export async function removePrivate(file: string): Promise<void> {
  const names = await namesIn(dirname(file));
  const halves = names.filter((name) => name.startsWith(`${basename(file)}.`) && HALF.test(name));
  for (const half of halves) await rm(join(dirname(file), half), { force: true });
  await rm(file, { force: true });
  for (const folder of [dirname(file), dirname(dirname(file))]) {
    try {
      await rmdir(folder);
    } catch {
      return; // not empty, or not there: nothing to tidy
    }
  }
}
