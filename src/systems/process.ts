/** The service as a process in the background: found again by what it answers, never by its pid alone. */
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunProcess } from '../plan/action.ts';
import { absent, failed, ok, type Answer } from '../plan/answer.ts';
import { HEALTH_TIMEOUT_MS } from '../plan/service-health.ts';
import type { Http, Performer, Processes } from '../plan/systems.ts';
import { Problem } from '../problem.ts';
import { readPrivate, removePrivate, writePrivate } from './private-files.ts';

/** Written before the process starts, so that whatever happens then can be found. */
interface Record {
  /** The service shows it in /health. */
  readonly instance: string;
  readonly url: string;
  readonly env: Readonly<globalThis.Record<string, string>>;
  readonly pid?: number;
}

/** The pid that the process of the record itself gives; undefined when it does not answer. */
type Ask = (record: Record) => Promise<number | undefined>;

/** The service drains for 9 s at most. */
const STOP_LIMIT_MS = 12_000;
/** Of the service, until it listens: three tenths of a second on a quick machine, and ten times that on a slow one. */
const START_LIMIT_MS = 15_000;
const PAUSE_MS = 50;
const LAST_LINES = 15;

export const processes: Processes = {
  log: lastLines,
  lastWords: async (action) => {
    const record = await find(action.recordFile);
    if (record?.pid !== undefined && isAlive(record.pid)) return undefined;
    return lastLines(action, LAST_LINES);
  },
  recorded: find,
};

async function lastLines({ logFile }: RunProcess, lines: number): Promise<string> {
  return ((await readPrivate(logFile)) ?? '').trimEnd().split('\n').slice(-lines).join('\n');
}

async function find(recordFile: string): Promise<Record | undefined> {
  const text = await readPrivate(recordFile);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Record;
  } catch {
    throw new Problem('bad_setting', {
      message: `${recordFile} is not the record of a process: ${text.slice(0, 40)}`,
      hint: `If no service of ours runs any more, remove it: rm ${recordFile}`,
    });
  }
}

export function processSystem(http: Http, env: NodeJS.ProcessEnv): Performer<RunProcess> {
  const ask: Ask = async ({ url, instance }) => {
    const answer = await http.send(
      { method: 'GET', url: `${url}/health`, timeoutMs: HEALTH_TIMEOUT_MS },
      new AbortController().signal,
    );
    const isIt = answer.kind === 'ok' && answer.value.text.includes(instance);
    return isIt ? (JSON.parse(answer.value.text) as { readonly pid: number }).pid : undefined;
  };
  return {
    exists: async (action) => {
      const record = await find(action.recordFile);
      if (!record) return absent('not started');
      // One whose start was cut off is about to answer: called absent, it would be found to have taken its own port.
      const mayRun = record.pid === undefined || isAlive(record.pid);
      if (!mayRun || (await waitForPid(record, ask)) === undefined) return absent('started once, and does not answer');
      assertSame(action, record);
      return ok(undefined);
    },
    present: async (action) => ((await find(action.recordFile)) ? ok(undefined) : absent('not started')),
    create: async (action) => {
      // One of ours that does not answer any more would keep the port.
      const before = await find(action.recordFile);
      if (before) await stop(before, ask);
      const instance = crypto.randomUUID();
      const record: Record = { instance, url: action.url, env: action.env };
      await writePrivate(action.recordFile, JSON.stringify(record));
      const pid = await start(action, instance, env);
      await writePrivate(action.recordFile, JSON.stringify({ ...record, pid }));
      return ok(undefined);
    },
    remove: async (action) => {
      const record = await find(action.recordFile);
      const stopped = record ? await stop(record, ask) : ok(undefined);
      if (stopped.kind === 'failed') return stopped;
      await removePrivate(action.logFile);
      // Last: without it nothing is looked for any more.
      await removePrivate(action.recordFile);
      return ok(undefined);
    },
  };
}

function assertSame({ env, url }: RunProcess, record: Record): void {
  const wanted: Readonly<globalThis.Record<string, string>> = { ...env, url };
  const there: Readonly<globalThis.Record<string, string>> = { ...record.env, url: record.url };
  const fields = [...new Set([...Object.keys(wanted), ...Object.keys(there)])].filter(
    (name) => wanted[name] !== there[name],
  );
  if (fields.length === 0) return;
  const differences = fields.map(
    (name) => `${name}: is ${there[name] ?? 'not set'}, asked for ${wanted[name] ?? 'not set'}`,
  );
  throw new Problem('differs', {
    message: `The service runs at ${record.url} with other settings.\n${differences.join('\n')}`,
    hint: 'Stop it first: redisdemo destroy local',
    details: { differences },
  });
}

async function start(
  { file, env, passedOn, logFile }: RunProcess,
  instance: string,
  own: NodeJS.ProcessEnv,
): Promise<number> {
  const { spawn } = await import('node:child_process');
  await writePrivate(logFile, '');
  const log = await open(logFile, 'w', 0o600);
  const given = Object.fromEntries(passedOn.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  const child = spawn(process.execPath, [file], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...given, ...env, INSTANCE: instance },
  });
  await once(child, 'spawn');
  child.unref();
  await log.close();
  return child.pid ?? 0;
}

async function stop(record: Record, ask: Ask): Promise<Answer<unknown>> {
  const pid = record.pid === undefined ? await waitForPid(record, ask) : await ownPid(record, record.pid, ask);
  if (pid === undefined || !isAlive(pid)) return ok(undefined);
  process.kill(pid, 'SIGTERM');
  const limit = performance.now() + STOP_LIMIT_MS;
  while (isAlive(pid)) {
    if (performance.now() > limit) return failed(`process ${String(pid)} does not stop`);
    await sleep(PAUSE_MS);
  }
  return ok(undefined);
}

/** When a start was cut off: if there is a process, it is about to answer. */
async function waitForPid(record: Record, ask: Ask): Promise<number | undefined> {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const pid = await ask(record);
    if (pid !== undefined || performance.now() > limit) return pid;
    await sleep(PAUSE_MS);
  }
}

/** A pid may have gone to another program since. */
async function ownPid(record: Record, pid: number, ask: Ask): Promise<number | undefined> {
  return (await ask(record)) !== undefined || (await runsService(pid)) ? pid : undefined;
}

async function runsService(pid: number): Promise<boolean> {
  const words = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return words.includes('service/server.js');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
