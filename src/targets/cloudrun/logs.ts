/**
 * The log of the service: what its container writes and the requests that it gets, the oldest first.
 *
 * Read with `gcloud logging read`, because `gcloud run services logs read` crashes on lines that are JSON, as those of the
 * service are (gcloud 528, TypeError in its formatter.py).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { CommandCall } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { memberOf, readClient } from './client.ts';
import { gcloud, inProject } from './gcloud.ts';
import { openGoogle } from './google-api.ts';
import { patiently } from './patience.ts';
import type { CloudRunPlace } from './settings.ts';
import { shaped } from './shape.ts';
import { nothingThere, readState } from './state.ts';
import { unanswered } from './unanswered.ts';

export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  /** Unique together with its time. */
  readonly id: string;
  readonly severity: string;
  /** Of one or of several lines. */
  readonly text: string;
  readonly revision: string;
  /** What the line had besides its message. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Google keeps logs for 30 days: https://cloud.google.com/logging/quotas#logs_retention_periods */
const FRESHNESS = '30d';
/** Of one question; a follower asks again at once while there are more. */
const PAGE = 1000;
/** The Logging API takes 60 reads a minute of a project: https://cloud.google.com/logging/quotas#api-limits */
const PAUSE_MS = 3000;
/** Entries may come after younger ones: this long a follower looks back. */
const LATE_MS = 10_000;

/** The newest entries, in the order of their times. Throws a Problem when there is no such service. */
export async function readLog(
  place: CloudRunPlace,
  lines: number,
  systems: Systems,
  working: Working,
): Promise<readonly LogEntry[]> {
  const google = await openGoogle(systems, working);
  if (!(await readState(place, google))) throw nothingThere(place);
  const newest = await ask(
    read(place, [], ['--order=desc', `--limit=${String(lines)}`, `--freshness=${FRESHNESS}`]),
    place,
    systems,
    working,
  );
  return newest.toReversed();
}

/**
 * Everything that is written after the entries that are known already, until the signal ends it.
 * @param known as {@link readLog} gave them
 */
export async function followLog(
  place: CloudRunPlace,
  known: readonly LogEntry[],
  show: (entries: readonly LogEntry[]) => void,
  { systems, working }: { readonly systems: Systems; readonly working: Working },
): Promise<never> {
  const seen = new Map(known.map(({ id, time }) => [id, time]));
  let newest = known.at(-1)?.time ?? new Date().toISOString();
  // What is older and not among the known ones was not asked for.
  const start = Date.parse(newest);
  for (let isFirst = true; ; isFirst = false) {
    const since = new Date(Date.parse(newest) - LATE_MS).toISOString();
    for await (const page of pagesAfter({ time: since, id: '' }, place, systems, working)) {
      const unseen = page.filter(({ id }) => !seen.has(id));
      for (const { id, time } of unseen) seen.set(id, time);
      const shown = isFirst ? unseen.filter(({ time }) => Date.parse(time) > start) : unseen;
      if (shown.length > 0) show(shown);
      const last = page.at(-1)?.time ?? newest;
      if (Date.parse(last) > Date.parse(newest)) newest = last;
    }
    // What is older than the next question is not asked for again.
    for (const [id, time] of seen) if (Date.parse(time) < Date.parse(newest) - 2 * LATE_MS) seen.delete(id);
    await sleep(PAUSE_MS, undefined, { signal: working.signal }).catch(() => undefined);
    working.signal.throwIfAborted();
  }
}

interface Cursor {
  readonly time: string;
  readonly id: string;
}

/** Entries with the same time come in the order of their ids: the entries:list method of the Logging API. */
async function* pagesAfter(
  start: Cursor,
  place: CloudRunPlace,
  systems: Systems,
  working: Working,
): AsyncGenerator<readonly LogEntry[]> {
  for (let cursor = start; ;) {
    const { time, id } = cursor;
    const after = `(timestamp>"${time}" OR (timestamp="${time}" AND insertId>"${id}"))`;
    const page = await ask(read(place, [after], ['--order=asc', `--limit=${String(PAGE)}`]), place, systems, working);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    cursor = { time: last.time, id: last.id };
  }
}

function read(
  { project, region, service }: CloudRunPlace,
  more: readonly string[],
  flags: readonly string[],
): CommandCall {
  const filter = [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name="${service}"`,
    `resource.labels.location="${region}"`,
    ...more,
  ].join(' ');
  return gcloud(['logging', 'read', filter, ...flags, inProject({ project })]);
}

async function ask(
  call: CommandCall,
  { project }: CloudRunPlace,
  { calls }: Systems,
  working: Working,
): Promise<readonly LogEntry[]> {
  const said = await patiently('the log', () => calls.ask({ call, select: '.' }, working.signal), working);
  const answer = shaped(ENTRIES, said);
  if (answer.kind !== 'ok') {
    const caller = memberOf(await readClient({ calls }, working.signal));
    throw unanswered('The log', answer, { project, caller });
  }
  return answer.value.flatMap((entry) => entry ?? []).map(entryOf);
}

/** undefined where a field is missing or of another kind: one odd entry hides neither itself nor the others. */
const lenient = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);

const TEXT = lenient(v.string());
const FIELDS = lenient(v.record(v.string(), v.unknown()));

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry. Without a time or an id there is no place for it. */
const ENTRY = v.object({
  timestamp: v.string(),
  insertId: v.string(),
  severity: TEXT,
  textPayload: TEXT,
  jsonPayload: FIELDS,
  protoPayload: lenient(v.object({ methodName: TEXT, status: lenient(v.object({ message: TEXT })) })),
  httpRequest: lenient(v.object({ requestMethod: TEXT, requestUrl: TEXT, status: lenient(v.number()), latency: TEXT })),
  resource: lenient(v.object({ labels: lenient(v.object({ revision_name: TEXT })) })),
});

const ENTRIES = v.array(v.fallback(v.optional(ENTRY), undefined));

type Entry = v.InferOutput<typeof ENTRY>;
type Content = Pick<LogEntry, 'text' | 'fields'>;

function entryOf(entry: Entry): LogEntry {
  const { timestamp: time, insertId: id, severity = 'DEFAULT', resource } = entry;
  return { time, id, severity, revision: resource?.labels?.revision_name ?? '', ...contentOf(entry) };
}

/** What Google says of a request that failed comes with the request: which one it was is kept. */
function contentOf(entry: Entry): Content {
  const written = writtenIn(entry);
  const request = requestOf(entry);
  if (!written) return request ?? { text: '', fields: {} };
  const fields = request ? { ...written.fields, request: request.text, ...request.fields } : written.fields;
  return { text: written.text, fields };
}

function writtenIn({ textPayload, jsonPayload, protoPayload }: Entry): Content | undefined {
  if (textPayload !== undefined) return { text: textPayload.trimEnd(), fields: {} };
  if (jsonPayload) {
    const { message, ...fields } = jsonPayload;
    return typeof message === 'string' ? { text: message, fields } : { text: JSON.stringify(jsonPayload), fields: {} };
  }
  if (!protoPayload) return undefined;
  // An audit log: https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
  return { text: [protoPayload.methodName, protoPayload.status?.message].filter(Boolean).join(': '), fields: {} };
}

function requestOf({ httpRequest }: Entry): Content | undefined {
  if (!httpRequest) return undefined;
  const { requestMethod, requestUrl = '', status, latency } = httpRequest;
  const path = URL.canParse(requestUrl) ? new URL(requestUrl).pathname : requestUrl;
  const words = [requestMethod, path, status === undefined ? '' : String(status)];
  return { text: words.filter(Boolean).join(' '), fields: latency === undefined ? {} : { latency } };
}
