import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates the folders above it too. Not mkdir() with `recursive`: where a folder exists and takes no new ones, Node
 * retries for ever (/proc) or gives another reason than the system's (a read-only file system).
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path, mode);
  } catch (error) {
    if (!isAbsent(error) || parent === path) throw error;
    await makeFolder(parent, mode);
    await makeOne(path, mode).catch(async (again: unknown) => {
      // Another redisdemo that ends removes empty folders.
      if (isAbsent(again) && !(await isFolder(parent))) return makeFolder(path, mode);
      throw again;
    });
  }
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Another process may create the same one meanwhile. */
async function makeOne(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
