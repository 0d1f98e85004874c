import { setTimeout as sleep } from 'node:timers/promises';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { unanswered } from '../failures/failures.ts';
import { type GoogleApi, openGoogle } from '../google/google-api.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { askLog, entriesOf, logCall, type LogEntry } from './log-entries.ts';
import { nothingThere, readState } from './state.ts';

/** Google keeps logs for 30 days: https://cloud.google.com/logging/quotas#logs_retention_periods */
const FRESHNESS = '30d';
/** Entries of one answer; a follower asks again at once while there are more. */
const PAGE = 1000;
/** The Logging API takes 60 reads a minute of a project: https://cloud.google.com/logging/quotas#api-limits */
const PAUSE_MS = 3000;
/** Entries can arrive after younger ones: a follower looks back this long. */
const LATE_MS = 10_000;

/** The newest entries, the oldest of them first. Throws a Problem when there is no such service. */
export async function readLog(
  place: CloudRunPlace,
  lines: number,
  systems: Systems,
  working: WorkContext,
): Promise<readonly LogEntry[]> {
  const google = await openGoogle(systems, working);
  if (!(await readState(place, google))) throw nothingThere(place);
  const flags = ['--order=desc', `--limit=${String(lines)}`, `--freshness=${FRESHNESS}`];
  return (await ask(place, [], flags, google)).toReversed();
}

/** Shows everything written after the known entries (those of {@link readLog}), until the signal ends it. */
export async function followLog(
  place: CloudRunPlace,
  known: readonly LogEntry[],
  show: (entries: readonly LogEntry[]) => void,
  { systems, working }: { readonly systems: Systems; readonly working: WorkContext },
): Promise<never> {
  const google = await openGoogle(systems, working);
  const seen = new Map(known.map(({ id, time }) => [id, time]));
  let newest = known.at(-1)?.time ?? new Date().toISOString();
  // What is older and not among the known ones was not asked for.
  const start = Date.parse(newest);
  for (let isFirst = true; ; isFirst = false) {
    const since = new Date(Date.parse(newest) - LATE_MS).toISOString();
    for await (const page of pagesAfter({ time: since, id: '' }, place, google)) {
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

type Cursor = Pick<LogEntry, 'time' | 'id'>;

/** Entries with the same time come in the order of their ids: the entries:list method of the Logging API. */
async function* pagesAfter(
  start: Cursor,
  place: CloudRunPlace,
  google: GoogleApi,
): AsyncGenerator<readonly LogEntry[]> {
  for (let cursor = start; ;) {
    const { time, id } = cursor;
    const after = `(timestamp>"${time}" OR (timestamp="${time}" AND insertId>"${id}"))`;
    const page = await ask(place, [after], ['--order=asc', `--limit=${String(PAGE)}`], google);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    cursor = last;
  }
}

async function ask(
  place: CloudRunPlace,
  more: readonly string[],
  flags: readonly string[],
  google: GoogleApi,
): Promise<readonly LogEntry[]> {
  const answer = await askLog(logCall(place, [...entriesOf(place), ...more], flags), google);
  if (answer.kind === 'ok') return answer.value;
  throw unanswered('The log', answer, { project: place.project, caller: google.caller });
}
