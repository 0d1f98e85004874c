/**
 * Cloud Logging: entries, and what Cloud Run makes of the lines of a container.
 *
 * Where each belief comes from:
 * - entries:list with `filter`, `orderBy` and `pageSize`; log names and the labels of `cloud_run_revision`:
 *   cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list; a real entry is in 1Password/scim-examples#309.
 * - a line of JSON becomes jsonPayload with `severity`, `message`, `time` taken out; another line textPayload; stdout and
 *   stderr are logs of their own: cloud.google.com/run/docs/logging, "Writing structured logs".
 */
import { randomUUID } from 'node:crypto';
import type { Json, Route } from './exchange.ts';
import { parseLogFilter } from './log-filter.ts';
import type { Project } from './project.ts';

export type Severity = 'DEFAULT' | 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR';

export interface Source {
  /** `cloud_run_revision` or `build` */
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `run.googleapis.com/stdout` */
  readonly log: string;
}

export interface Logging {
  readonly entries: readonly Json[];
  readonly write: (source: Source, content: Json) => void;
  /** A line that a container wrote. */
  readonly writeLine: (source: Source, line: string) => void;
  readonly routes: readonly Route[];
}

const LIMIT = 1000;

export function createLogging({ id }: Project): Logging {
  const entries: Json[] = [];
  const write = ({ type, labels, log }: Source, content: Json): void => {
    const timestamp = new Date().toISOString();
    entries.push({
      insertId: randomUUID(),
      logName: `projects/${id}/logs/${encodeURIComponent(log)}`,
      resource: { type, labels: { project_id: id, ...labels } },
      timestamp,
      receiveTimestamp: timestamp,
      ...content,
    });
  };
  return {
    entries,
    write,
    writeLine: (source, line) => {
      const json = parseLine(line);
      if (json === undefined) {
        write(source, { textPayload: line });
        return;
      }
      const { severity, time, ...jsonPayload } = json;
      write(source, {
        jsonPayload,
        ...(typeof severity === 'string' && { severity: severity.toUpperCase() }),
        ...(typeof time === 'string' && { timestamp: time }),
      });
    },
    routes: [
      {
        on: 'POST logging.googleapis.com/v2/entries:list',
        needs: 'logging.logEntries.list',
        answer: ({ json }) => {
          const { filter = '' } = json as { filter?: string };
          const matches = parseLogFilter(filter);
          const found = entries.filter(matches).sort(byTime);
          if (json['orderBy'] === 'timestamp desc') found.reverse();
          return { entries: found.slice(0, Number(json['pageSize'] ?? LIMIT)) };
        },
      },
    ],
  };
}

function byTime(left: Json, right: Json): number {
  return String(left['timestamp']).localeCompare(String(right['timestamp']));
}

function parseLine(line: string): Json | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined; // it only looked like JSON
  }
}
