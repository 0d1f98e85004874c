/** Files that a person names: writing follows links, and never replaces a device. */
import { constants, type Stats } from 'node:fs';
import { lstat, open, stat, writeFile } from 'node:fs/promises';
import { fileHint, fileReason, ifThere, isForbidden } from '../../file-errors.ts';
import { Problem } from '../../problem.ts';
import { SECRET_MODE, writeAtomically } from './private-files.ts';

/** Codes of a folder that takes no new files, or of a file that is a mount: it is written in place. */
const IN_PLACE: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EBUSY', 'EROFS']);

/**
 * Symbolic links, pipes and character devices such as /dev/stdout are written through. Returns true if the result is a
 * regular file.
 * @param options `secret`: only the owner can read the file; the mode of a device is not changed
 * @throws Problem `bad_setting` or `not_permitted` for everything else, with nothing written
 */
export async function writeNamed(file: string, content: string, { secret = false } = {}): Promise<boolean> {
  try {
    const [itself, target] = await Promise.all([ifThere(lstat(file)), ifThere(stat(file))]);
    if (target && !target.isFile()) {
      await writeInto(file, target, content);
      return false;
    }
    const isLink = itself?.isSymbolicLink() === true;
    if (!secret || isLink || !(await replace(file, content))) await writeInPlace(file, content, secret);
    return true;
  } catch (error) {
    throw error instanceof Problem ? error : cannotBeWritten(file, error as NodeJS.ErrnoException);
  }
}

/** Throws the Problem of {@link writeNamed}, as far as it is known beforehand. The file keeps its content. */
export async function checkNamed(file: string): Promise<void> {
  try {
    const target = await ifThere(stat(file));
    if (target && !target.isFile()) assertTakesText(file, target);
    else await (await open(file, 'a')).close();
  } catch (error) {
    throw error instanceof Problem ? error : cannotBeWritten(file, error as NodeJS.ErrnoException);
  }
}

/** A new file, so that open handles of the old one cannot read it. False if the folder does not allow it. */
async function replace(file: string, content: string): Promise<boolean> {
  try {
    await writeAtomically(file, content);
    return true;
  } catch (error) {
    if (IN_PLACE.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

async function writeInPlace(file: string, content: string, secret: boolean): Promise<void> {
  const handle = await open(file, 'w', secret ? SECRET_MODE : undefined);
  try {
    if (secret) await handle.chmod(SECRET_MODE);
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

async function writeInto(file: string, target: Stats, content: string): Promise<void> {
  assertTakesText(file, target);
  // Opening a pipe that nobody reads would block; with O_NONBLOCK it is an error (ENXIO). While this handle is open, the
  // second one does not block, and its writes wait for the reader.
  const first = await open(file, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    await writeFile(file, content, { flag: constants.O_WRONLY as unknown as string });
  } finally {
    await first.close();
  }
}

function assertTakesText(file: string, target: Stats): void {
  const block = target.isBlockDevice() ? 'a block device' : undefined;
  const kind = target.isDirectory() ? 'a folder' : target.isSocket() ? 'a socket' : block;
  if (kind === undefined) return;
  throw new Problem('bad_file', {
    message: `${file} is ${kind}, and was not written.`,
    hint: 'Give the path of a file in a folder that exists.',
  });
}

function cannotBeWritten(file: string, error: NodeJS.ErrnoException): Problem {
  if (error.code === 'ENXIO') {
    return new Problem('bad_file', {
      message: `${file} is a pipe that no program reads, and was not written.`,
      hint: 'Start the program that reads it first, or give the path of a file.',
    });
  }
  return new Problem(isForbidden(error) ? 'not_permitted' : 'bad_file', {
    message: `${file} cannot be written: ${fileReason(error)}.`,
    hint: fileHint(error, 'Give the path of a file in a folder that exists and that you may write to.'),
  });
}
