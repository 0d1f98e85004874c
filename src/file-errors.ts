const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'you do not have permission',
  EDQUOT: 'your disk quota is used up',
  EEXIST: 'something else is in its place',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
  ELOOP: 'it leads through too many symbolic links',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the path is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'its folder does not exist, or takes no new files',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
};

const FORBIDDEN: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** An unknown code gives the error's own message. */
export function fileReason({ code = '', message }: NodeJS.ErrnoException): string {
  const words = WORDS[code];
  return words === undefined ? message : `${words} (${code})`;
}

export function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Whether other permissions, or another place, would help. */
export function isForbidden({ code }: NodeJS.ErrnoException): boolean {
  return FORBIDDEN.has(code);
}

export function fileHint({ code }: NodeJS.ErrnoException, hint: string): string {
  return FULL.has(code) ? `Free some space there, or do this: ${hint}` : hint;
}
