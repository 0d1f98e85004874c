import type { LogEntry } from '../service/log-entries.ts';
import { printableLine } from '../../../text/foreign-text.ts';
import { line, type Line, type Result, type Tone } from '../../../report.ts';
import { followLog, readLog } from '../service/logs.ts';
import { placeOf } from './place.ts';
import type { cloudRunLogsSettings } from './options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';

/** Longer entries are cut; --json prints all of them. */
const SHOWN_CHARACTERS = 4000;

export async function logsCloudRun(values: Values<typeof cloudRunLogsSettings>, invocation: Invocation): Promise<void> {
  const { systems, show, finish, report } = invocation;
  const place = await placeOf(values, invocation);
  const entries = await readLog(place, values.lines, systems, invocation);
  if (!values.follow) {
    if (entries.length === 0) report.say('there are no entries yet: they can take some seconds to arrive', 'note');
    finish({ data: { ...place, entries }, view: entries.flatMap(viewOf) });
    return;
  }
  const showAll = (some: readonly LogEntry[]): void => {
    for (const entry of some) show(partOf(entry));
  };
  showAll(entries);
  report.say('following the log; Ctrl-C ends it');
  await followLog(place, entries, showAll, { systems, working: invocation });
}

const partOf = (entry: LogEntry): Result => ({ data: entry, view: viewOf(entry) });

/** Lines after the first are set below it, so that no text of the service looks like another entry. */
function viewOf({ time, severity, text, fields }: LogEntry): Line[] {
  const details = Object.entries(fields).map(([name, value]) => `${printableLine(name)}=${JSON.stringify(value)}`);
  const kept = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  const [first = '', ...rest] = kept.split(/\r?\n/);
  const level = severity === 'DEFAULT' ? '' : severity;
  const head = [time.replace(/\.\d+Z$/, 'Z'), level.padEnd(8), first, ...details].join(' ');
  return [
    line(head.slice(0, 2 * SHOWN_CHARACTERS).trimEnd(), toneOf(severity)),
    ...rest.map((more) => line(`  ${more}`)),
  ];
}

function toneOf(severity: string): Tone | undefined {
  if (severity === 'WARNING') return 'note';
  return ['ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'].includes(severity) ? 'bad' : undefined;
}
