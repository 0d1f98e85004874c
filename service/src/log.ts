/** Google Cloud Logging's fields, one JSON object a line. Lines that would block the service are lost and counted. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { pino, stdTimeFunctions, type Logger } from 'pino';

const STDOUT = 1;
const STDERR = 2;
/** What a reader that has stopped reading can make the service keep. */
const KEPT_BYTES = 1024 * 1024;

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity */
const SEVERITIES: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

export function createLog(): Logger {
  const options = {
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ severity: SEVERITIES[label] ?? 'DEFAULT' }) },
  };
  const stat = fstatSync(STDOUT);
  // A write to a pipe waits for its reader, unless the pipe is in non-blocking mode, as node:net makes it.
  const open = stat.isFIFO() || stat.isSocket() ? pipe : file;
  let lost = 0;
  const log: Logger = pino(options, {
    write: open(
      () => lost++,
      () => {
        const lines = lost;
        lost = 0;
        if (lines > 0) log.warn(`${String(lines)} log lines were dropped because standard output could not be written`);
      },
    ),
  });
  return log;
}

/** Writes a line, and reports a line that is lost and that lines can be written again. */
type Open = (countLost: () => void, written: () => void) => (line: string) => void;

const pipe: Open = (countLost, written) => {
  const socket = new Socket({ fd: STDOUT, readable: false, writable: true });
  socket.on('drain', written).on('error', () => undefined);
  socket.unref();
  return (line) => {
    if (socket.destroyed || socket.writableLength > KEPT_BYTES) countLost();
    else socket.write(line);
  };
};

const file: Open = (countLost, written) => {
  const fd = isatty(STDOUT) ? terminal() : STDOUT;
  let isFailing = false;
  return (line) => {
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
  };
};

/** Opened again, so that a terminal which was stopped (Ctrl-S) refuses lines, and the mode of the shell's stays as it is. */
function terminal(): number {
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return STDOUT;
  }
}

function complain({ message }: Error): void {
  try {
    writeSync(STDERR, `The log cannot be written to standard output: ${message}\n`);
  } catch {
    // Nobody is left to be told.
  }
}
