/** The worker thread of secret-leaks.ts: reads the command lines of all processes again and again until told to stop. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

/** Shorter than any program lives that is started here. */
const POLL_MS = 5;
/** A process that is so old has become the program that it stays. */
const YOUNG_LOOKS = 400;

const seen = new Set<string>();
/** Of those that are there: how often each was looked at. */
let looks = new Map<string, number>();
let newest: string | undefined;
const stopped = new AbortController();
parentPort?.once('message', () => {
  stopped.abort();
});
look();
parentPort?.postMessage('watching');
while (!stopped.signal.aborted) {
  await pause(POLL_MS);
  look();
}
parentPort?.postMessage([...seen]);

function look(): void {
  // The last field is the number that was given last: proc(5). Without a new one no process has begun.
  const last = readFileSync('/proc/loadavg', 'utf8').split(' ').at(-1);
  if (last !== newest) {
    const present = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    looks = new Map(present.map((pid) => [pid, looks.get(pid) ?? 0]));
    newest = last;
  }
  for (const [pid, count] of looks) {
    if (count >= YOUNG_LOOKS) continue;
    looks.set(pid, count + 1);
    seen.add(commandLineOf(pid));
  }
}

/** Empty for a process that has ended meanwhile. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
