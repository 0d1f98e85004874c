/** Files that are written whole: nobody sees half of one, and nobody who has the old one open can read the new content. */
import { rename, rm, writeFile } from 'node:fs/promises';

/** Of the owner alone. */
export const SECRET_MODE = 0o600;
/** What a file is called until it is whole: what a write that was cut off has left. */
export const UNFINISHED = /\.[0-9a-f]{8}$/;

/**
 * A new file, which is on the disk before it gets the name: a machine that loses its power has the old or the new content.
 * Throws the error of the file system, with nothing left of the new file. */
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
