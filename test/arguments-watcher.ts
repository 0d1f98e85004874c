/** The thread of canary.ts: reads the command lines of processes over and over, until it is told to stop. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

/** Shorter than any program lives that is started here. */
const POLL_MS = 5;
/** A process that is so old has become the program that it stays. */
const YOUNG_PASSES = 400;

const seen = new Set<string>();
/** In how many passes each of those that are there has been there. */
let passes = new Map<string, number>();
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
  const present = new Map<string, number>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const count = passes.get(pid) ?? 0;
    present.set(pid, count + 1);
    if (count < YOUNG_PASSES) seen.add(commandLineOf(pid));
  }
  passes = present;
}

/** Empty for a process that has ended meanwhile. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
