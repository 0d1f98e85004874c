/** Tar archives: POSIX.1-1988 "ustar", https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */

/** Without content and link a directory. */
export interface Entry {
  /** Without a slash at its beginning. */
  readonly path: string;
  readonly content?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
  /** User and group. */
  readonly owner?: number;
}

const BLOCK = 512;
const PATH_LIMIT = 100;

/** The same entries give the same bytes. */
export function tar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(tarEntry), tarEnd()]);
}

/** Header, content and padding. */
export function tarEntry(entry: Entry): Buffer[] {
  const content = Buffer.from(entry.content ?? '');
  return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

function header({ path, content, link, mode, owner = 0 }: Entry, size: number): Buffer {
  if (Buffer.byteLength(path) > PATH_LIMIT) throw new RangeError(`too long for this tar: ${path}`);
  const isFile = content !== undefined;
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  };
  block.write(path, 0);
  octal(mode ?? (isFile ? 0o644 : 0o755), 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'latin1'); // the checksum counts as spaces while it is made
  block.write(link !== undefined ? '2' : isFile ? '0' : '5', 156, 'latin1');
  block.write(link ?? '', 157);
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
