/** Files that the user names: passwords and certificates, also as pipes such as `<(pass show redis)`. */
import { constants, openSync } from 'node:fs';
import { failed, ok, type Answer } from '../../plan/answer.ts';
import type { GivenFile } from '../../plan/systems.ts';

/** Bytes: four times a bundle of all public authorities. */
const SIZE_LIMIT = 1024 * 1024;
/** A pipe waits for its writer, which may ask a person to unlock a vault. */
const WRITER_LIMIT_MS = 120_000;

/** A pipe can be read only once, so its text is kept. */
const pipes = new Map<string, Promise<Answer<GivenFile>>>();

/**
 * A pipe gives the same text every time; a file is read again, because it may change. `failed` says why, without the
 * path: people also pass the password itself where its file is expected.
 */
export async function readGiven(file: string, signal?: AbortSignal): Promise<Answer<GivenFile>> {
  try {
    const known = pipes.get(file);
    if (known) return await known;
    const { open, stat } = await import('node:fs/promises');
    const stats = await stat(file);
    if (stats.isDirectory()) return failed('it is a folder');
    if (stats.isFIFO() || stats.isSocket()) {
      const reading = readPipe(file, signal);
      pipes.set(file, reading);
      return await reading;
    }
    if (!stats.isFile()) return failed('it is a device');
    if (stats.size > SIZE_LIMIT) return failed(TOO_LARGE);
    const handle = await open(file);
    try {
      return ok({ text: await handle.readFile('utf8'), isPipe: false });
    } finally {
      await handle.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return failed(reasonOf(error as NodeJS.ErrnoException));
  }
}

const TOO_LARGE = `it is larger than ${String(SIZE_LIMIT)} bytes`;

/** Not blocking: a blocked read would keep the process alive even after Ctrl-C. */
async function readPipe(file: string, signal?: AbortSignal): Promise<Answer<GivenFile>> {
  const { Socket } = await import('node:net');
  const fd = inherited(file) ?? openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const limit = AbortSignal.timeout(WRITER_LIMIT_MS);
  const end = signal ? AbortSignal.any([signal, limit]) : limit;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of new Socket({ fd, readable: true, writable: false, signal: end })) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size > SIZE_LIMIT) return failed(TOO_LARGE);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return failed('it is a pipe, and nothing was written into it');
    throw error;
  }
  return ok({ text: Buffer.concat(parts).toString('utf8'), isPipe: true });
}

/** `/dev/stdin` and the like may be sockets, which cannot be opened by name. */
function inherited(file: string): number | undefined {
  if (file === '/dev/stdin') return 0;
  const [, fd] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return fd === undefined ? undefined : Number(fd);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  ENAMETOOLONG: 'there is no such file',
  EACCES: 'you are not allowed to read it',
  EPERM: 'you are not allowed to read it',
  ELOOP: 'it is a link to itself',
  ENXIO: 'it is a socket',
};

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? (code === '' ? message : code);
}
