/** Pipes and files are written synchronously: Node's pipe stream loads the network code, a tenth of the start-up. */
import { fstatSync, statSync, writeSync, type Stats } from 'node:fs';

export interface Output {
  readonly write: (text: string) => void;
  readonly flush: (done: () => void) => void;
  readonly terminal: NodeJS.WriteStream | undefined;
}

type OnError = (error: NodeJS.ErrnoException) => void;

/** A command continues even when nobody reads its progress. */
export const err = output(2, () => undefined);
/** When the reader has closed the pipe, as in `redisdemo | head`, the command exits 0. */
export const out = output(1, ({ code, message }) => {
  if (code === 'EPIPE') process.exit(0);
  err.write(`Error: The result could not be written to stdout: ${message}\n`);
  process.exit(1);
});

function output(fd: 1 | 2, onError: OnError): Output {
  let stream: NodeJS.WriteStream | undefined;
  const open = (): NodeJS.WriteStream => {
    stream ??= (fd === 1 ? process.stdout : process.stderr).on('error', onError);
    return stream;
  };
  const atOnce = canWriteAtOnce(fd);
  return {
    write: (text) => {
      if (stream || !atOnce) {
        open().write(text);
        return;
      }
      let rest: Uint8Array = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EPIPE') onError(error as NodeJS.ErrnoException);
        // A full pipe: the stream waits for its reader.
        else open().write(rest);
      }
    },
    flush: (done) => {
      if (stream) stream.write('', done);
      else done();
    },
    get terminal() {
      return !atOnce && open().isTTY ? stream : undefined;
    },
  };
}

function canWriteAtOnce(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isFile() || stats.isSocket() || isNullDevice(stats);
  } catch {
    return false; // closed: the stream takes what is written to it
  }
}

/** A character device, as a terminal is; its device number tells them apart. */
function isNullDevice(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}
