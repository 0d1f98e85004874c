/**
 * The service as a background process, found by a record. It is redisdemo's only if the operating system agrees: owner,
 * command line and the instance among its variables. Nothing else is ever ended.
 */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { RunProcess } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import { HEALTH_TIMEOUT_MS } from '../../plan/service-health.ts';
import type { Http, Performer, Processes } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { quote } from '../../script/shell.ts';
import { readEnd, readPrivate, removePrivate, writePrivate } from '../files/private-files.ts';
import { runningProcess } from './running-process.ts';

/** 0 and negative ids address groups of processes, and 1 is the system's own: https://man7.org/linux/man-pages/man2/kill.2.html */
const Pid = v.pipe(v.number(), v.safeInteger(), v.minValue(2));
/** A UUID, or random hex digits from a printed script. */
const Instance = v.pipe(v.string(), v.regex(/^[\da-f-]{32,36}$/));

/** Written before the process starts, so that it can be found whatever happens. */
const ServiceRecord = v.object({
  /** The service shows it in /health. */
  instance: Instance,
  url: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/), v.url()),
  env: v.record(v.string(), v.string()),
  pid: v.optional(Pid),
});
type ServiceRecord = v.InferOutput<typeof ServiceRecord>;

/** service/src/routes/health.ts */
const Health = v.pipe(v.string(), v.parseJson(), v.object({ instance: Instance, pid: Pid }));

/** undefined when the service does not respond. The pid is only a claim. */
type AskPid = (record: ServiceRecord) => Promise<number | undefined>;

/** The service drains for 9 s at most. */
const STOP_LIMIT_MS = 12_000;
/** Until the service listens: 0.3 s on a fast machine, ten times that on a slow one. */
const START_LIMIT_MS = 15_000;
const PAUSE_MS = 50;
const LAST_LINES = 15;
/** The log can be of any size. */
const LAST_BYTES = 65_536;

export const processes: Processes = {
  log: lastLines,
  lastWords: async (action) => {
    const record = await findRecord(action.recordFile);
    // It may still run where the system does not tell.
    if (record?.pid !== undefined && (await findOwn(record.pid, record)).kind !== 'absent') return undefined;
    return lastLines(action, LAST_LINES);
  },
  recorded: findRecord,
};

async function lastLines({ logFile }: RunProcess, lines: number): Promise<string> {
  return ((await readEnd(logFile, LAST_BYTES)) ?? '').trimEnd().split('\n').slice(-lines).join('\n');
}

async function findRecord(recordFile: string): Promise<ServiceRecord | undefined> {
  const text = await readPrivate(recordFile);
  if (text === undefined) return undefined;
  const record = v.safeParse(v.pipe(v.string(), v.parseJson(), ServiceRecord), text);
  if (record.success) return record.output;
  const field = record.issues[0].path?.map(({ key }) => String(key)).join('.');
  throw new Problem('bad_file', {
    message: `${recordFile} is not a valid record of a service${field === undefined ? '' : ` (its ${field} is not valid)`}.`,
    hint: `If no such service is running any more, remove the file: rm ${quote(recordFile)}`,
  });
}

export function processSystem(http: Http, env: NodeJS.ProcessEnv): Performer<RunProcess> {
  const askPid: AskPid = async ({ url, instance }) => {
    const answer = await http.send(
      { method: 'GET', url: `${url}/health`, timeoutMs: HEALTH_TIMEOUT_MS },
      new AbortController().signal,
    );
    const health = answer.kind === 'ok' ? v.safeParse(Health, answer.value.text) : undefined;
    return health?.success === true && health.output.instance === instance ? health.output.pid : undefined;
  };
  return {
    exists: async (action) => {
      const record = await findRecord(action.recordFile);
      if (!record) return absent('not started');
      // After an interrupted start it is about to respond: called absent, it would look like a stranger on its port.
      const own = record.pid === undefined ? ok(undefined) : await findOwn(record.pid, record);
      if (own.kind === 'failed') return own;
      if (own.kind === 'absent' || (await waitForPid(record, askPid)) === undefined)
        return absent('started once, and does not answer');
      assertSame(action, record);
      return ok(undefined);
    },
    present: async (action) => ((await findRecord(action.recordFile)) ? ok(undefined) : absent('not started')),
    create: async (action) => {
      // A managed process that no longer responds would keep the port.
      const before = await findRecord(action.recordFile);
      const stopped = before ? await stop(before, askPid) : ok(undefined);
      if (stopped.kind === 'failed') return stopped;
      const instance = crypto.randomUUID();
      const record: ServiceRecord = { instance, url: action.url, env: action.env };
      await writePrivate(action.recordFile, JSON.stringify(record));
      const pid = await start(action, instance, env);
      await writePrivate(action.recordFile, JSON.stringify({ ...record, pid }));
      return ok(undefined);
    },
    remove: async (action) => {
      const record = await findRecord(action.recordFile);
      const stopped = record ? await stop(record, askPid) : ok(undefined);
      if (stopped.kind === 'failed') return stopped;
      await removePrivate(action.logFile);
      // Last: without the record, nothing can be found.
      await removePrivate(action.recordFile);
      return ok(undefined);
    },
  };
}

function assertSame({ env, url }: RunProcess, record: ServiceRecord): void {
  const wanted: Readonly<Record<string, string>> = { ...env, url };
  const there: Readonly<Record<string, string>> = { ...record.env, url: record.url };
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

async function stop(record: ServiceRecord, askPid: AskPid): Promise<Answer<unknown>> {
  const pid = record.pid ?? (await waitForPid(record, askPid));
  if (pid === undefined) return ok(undefined);
  let own = await findOwn(pid, record);
  if (own.kind === 'ok') process.kill(pid, 'SIGTERM');
  const limit = performance.now() + STOP_LIMIT_MS;
  while (own.kind === 'ok') {
    if (performance.now() > limit) return failed(`process ${String(pid)} does not stop`);
    await sleep(PAUSE_MS);
    own = await findOwn(pid, record);
  }
  return own.kind === 'absent' ? ok(undefined) : own;
}

/** After an interrupted start: if there is a process, it is about to respond. */
async function waitForPid(record: ServiceRecord, askPid: AskPid): Promise<number | undefined> {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const pid = await askPid(record);
    if (pid !== undefined || performance.now() > limit) return pid;
    await sleep(PAUSE_MS);
  }
}

/** A pid may belong to another program by now, and one from an answer is only a claim. */
async function findOwn(pid: number, { instance }: ServiceRecord): Promise<Answer<unknown>> {
  const found = await runningProcess(pid);
  if (found.kind === 'failed') return failed(`whether process ${String(pid)} still runs is not known: ${found.reason}`);
  if (found.kind === 'absent') return found;
  const { uid, commandLine, variables } = found.value;
  const isService = uid === process.getuid?.() && /[\\/]service[\\/]server\.js(?: |$)/.test(commandLine);
  const isIt = isService && (variables.length === 0 || variables.includes(`INSTANCE=${instance}`));
  return isIt ? ok(undefined) : absent('another process has this pid');
}
