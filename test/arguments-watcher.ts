/** The thread of canary.ts: reads the command line of every process over and over, until it is told to stop. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';

/** Shorter than any program lives that is started here. */
const POLL_MS = 5;

const seen = new Set<string>();
const stopped = new AbortController();
parentPort?.once('message', () => {
  stopped.abort();
});
parentPort?.postMessage('watching');
while (!stopped.signal.aborted) {
  for (const pid of readdirSync('/proc')) {
    if (/^\d+$/.test(pid)) seen.add(commandLineOf(pid));
  }
  await pause(POLL_MS);
}
parentPort?.postMessage([...seen]);

/** Empty for a process that has ended meanwhile. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
