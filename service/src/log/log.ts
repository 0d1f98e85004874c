/** Structured logs: one JSON object a line on stdout, with the field names that Google Cloud Logging reads. */
import { logDestination } from './log-destination.ts';
import { pino, stdTimeFunctions, type Logger } from 'pino';

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
  const log: Logger = pino(
    options,
    logDestination((lines) => {
      log.warn(`${String(lines)} log lines were dropped because standard output could not be written`);
    }),
  );
  return log;
}
