import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

const STDOUT = 1;
const STDERR = 2;
/** What a reader that has stopped reading can make the service keep. */
const KEPT_BYTES = 1024 * 1024;

interface Destination {
  readonly write: (line: string) => void;
}

/**
 * Standard output, for lines that must not hold up the service: when they cannot be written they are lost, and counted.
 * @param lost called with the number of lost lines when a line could be written again
 */
export function logDestination(lost: (lines: number) => void): Destination {
  let lines = 0;
  const countLost = (): void => {
    lines++;
  };
  const written = (): void => {
    const count = lines;
    lines = 0;
    if (count > 0) lost(count);
  };
  const stat = fstatSync(STDOUT);
  // A write to a pipe waits for its reader, unless the pipe is in non-blocking mode, as node:net makes it.
  return stat.isFIFO() || stat.isSocket() ? pipe(countLost, written) : file(countLost, written);
}

function pipe(countLost: () => void, written: () => void): Destination {
  const socket = new Socket({ fd: STDOUT, readable: false, writable: true });
  socket.on('drain', written).on('error', () => undefined);
  socket.unref();
  return {
    write: (line) => {
      if (socket.destroyed || socket.writableLength > KEPT_BYTES) countLost();
      else socket.write(line);
    },
  };
}

function file(countLost: () => void, written: () => void): Destination {
  const fd = isatty(STDOUT) ? terminal() : STDOUT;
  let isFailing = false;
  return {
    write: (line) => {
      try {
        writeSync(fd, line);
      } catch (error) {
        countLost();
        // A terminal that takes nothing has no room for a complaint either.
        if (!isFailing && (error as NodeJS.ErrnoException).code !== 'EAGAIN') complain(error as Error);
        isFailing = true;
        return;
      }
      isFailing = false;
      written();
    },
  };
}

/** Opened again, so that a terminal which was stopped (Ctrl-S) refuses lines, and the mode of the shell's stays as it is. */
function terminal(): number {
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return STDOUT;
  }
}

/** The log itself cannot tell. */
function complain({ message }: Error): void {
  try {
    writeSync(STDERR, `The log cannot be written to standard output: ${message}\n`);
  } catch {
    // Nobody is left to be told.
  }
}
