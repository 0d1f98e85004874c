import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder, and those above it that do not exist. Not mkdir() with `recursive`: where a folder exists and takes no
 * new ones, Node tries it again for ever (/proc) or gives another reason than the system's (a read-only file system).
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path, mode);
  } catch (error) {
    if (!isAbsent(error) || parent === path) throw error;
    await makeFolder(parent, mode);
    await makeOne(path, mode).catch(async (again: unknown) => {
      // A redisdemo that ends removes the folders that are empty.
      if (isAbsent(again) && !(await isFolder(parent))) return makeFolder(path, mode);
      throw again;
    });
  }
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Another process may make the same one at the same time. */
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
