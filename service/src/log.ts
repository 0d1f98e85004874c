/** Structured logs: one JSON object a line on stdout, with the field names that Google Cloud Logging reads. */
import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#logseverity */
const SEVERITIES: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

const STDOUT = 1;

export function createLog(): Logger {
  const options = {
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ severity: SEVERITIES[label] ?? 'DEFAULT' }) },
  };
  // Not buffered: what flushes the buffer at the end tries for ever when nobody reads any more (sonic-boom 4.2, EPIPE).
  return pino(options, destination({ dest: STDOUT, sync: true }));
}
