/**
 * Cloud Logging: entries, and what Cloud Run makes of the lines of a container.
 *
 * Where each belief comes from:
 * - entries:list with `resourceNames`, `filter`, `orderBy` (`timestamp asc`, the default, or `timestamp desc`; entries with
 *   equal times in the order of their `insertId`), `pageSize` (1000 at most) and `pageToken`, which goes with the same
 *   request; log names and the labels of `cloud_run_revision`:
 *   cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list; a real entry is in 1Password/scim-examples#309.
 * - times have up to nine digits after the point, so that the lines of one container keep their order: `timestamp` in
 *   cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry.
 * - a line of JSON becomes jsonPayload with `severity`, `message`, `time` taken out; another line textPayload; stdout and
 *   stderr are logs of their own: cloud.google.com/run/docs/logging, "Writing structured logs".
 */
import { randomUUID } from 'node:crypto';
import { Refusal, type Json, type Route } from './exchange.ts';
import { parseLogFilter, timeKey } from './log-filter.ts';
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
    // Each entry is later than the one before, also within a millisecond.
    const timestamp = new Date().toISOString().replace('Z', `${String(entries.length % 1e6).padStart(6, '0')}Z`);
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
        answer: ({ json }) => page(entries, json),
      },
    ],
  };
}

interface ListRequest {
  readonly resourceNames?: readonly string[];
  readonly filter?: string;
  readonly orderBy?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

function page(entries: readonly Json[], request: Json): Json {
  const {
    resourceNames = [],
    filter = '',
    orderBy = 'timestamp asc',
    pageSize = 50,
    pageToken,
  } = request as ListRequest;
  if (resourceNames.length === 0) throw new Refusal('INVALID_ARGUMENT', 'At least one resource name is required.');
  if (!/^timestamp (?:asc|desc)$/.test(orderBy)) {
    throw new Refusal('INVALID_ARGUMENT', `Invalid order_by value: "${orderBy}"`);
  }
  if (pageSize < 1 || pageSize > LIMIT) throw new Refusal('INVALID_ARGUMENT', 'page_size must be between 1 and 1000');
  const same = JSON.stringify([filter, orderBy]);
  const [start, of] = pageToken === undefined ? [0, same] : (JSON.parse(atob(pageToken)) as [number, string]);
  if (of !== same) throw new Refusal('INVALID_ARGUMENT', 'page_token does not match the request');
  const found = entries.filter(parseLogFilter(filter)).sort(byTime);
  if (orderBy.endsWith('desc')) found.reverse();
  const end = start + pageSize;
  return {
    entries: found.slice(start, end),
    ...(end < found.length && { nextPageToken: btoa(JSON.stringify([end, same])) }),
  };
}

function byTime(left: Json, right: Json): number {
  return (
    timeKey(String(left['timestamp'])).localeCompare(timeKey(String(right['timestamp']))) ||
    String(left['insertId']).localeCompare(String(right['insertId']))
  );
}

function parseLine(line: string): Json | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined; // it only looked like JSON
  }
}
