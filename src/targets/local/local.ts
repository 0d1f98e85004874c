/** The service as a process on this machine, in the foreground or in the background. */
import { JSON_HINT } from '../health.ts';
import { portTaken } from '../../plan/port-owner.ts';
import { findPortOwner } from '../../plan/port-owner.ts';
import { BACKGROUND } from '../../plan/port-owner.ts';
import type { Working } from '../../plan/wait.ts';
import { absent } from '../../plan/answer.ts';
import { unavailableReason } from '../health.ts';
import type { Connection } from '../../connection.ts';
import { serviceVariables } from '../../connection.ts';
import type { Child, Systems } from '../../plan/systems.ts';
import type { Home } from '../../home.ts';
import type { RunProcess } from '../../plan/action.ts';
import { failed, type Answer } from '../../plan/answer.ts';
import { portsFree } from '../../plan/container-checks.ts';
import type { Plan, Waiting } from '../../plan/plan.ts';
import { HEALTH_TIMEOUT_MS, READY_LIMIT_MS } from '../../plan/service-health.ts';
import { Problem, type ProblemCode } from '../../problem.ts';
import { explainHealth, assertJsonModule, type ReadLog } from '../health.ts';
import type { Report } from '../../report.ts';

export interface LocalService {
  readonly url: string;
  /** Where other machines reach it; empty when it listens for this one only, or on one address. */
  readonly others: readonly string[];
  readonly pid: number;
  /** Where the users are: memory or redis. */
  readonly store: string;
  readonly child: Child;
}

export interface LocalSettings {
  /** The built service: dist/service/server.js. */
  readonly file: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly connection?: Connection | undefined;
  /** The variables of the service that we pass on when they are set. */
  readonly environment: NodeJS.ProcessEnv;
  /** The record of the service in the background, which may have the port. Only asked for then: none is needed to serve. */
  readonly record: () => string;
}

/** What the service's process says over its channel (service/src/server.ts). */
type Message =
  | { readonly event: 'listening'; readonly url: string; readonly others: readonly string[]; readonly store: string }
  | { readonly event: 'failed'; readonly exitCode: number; readonly message: string };

/** Settings of the service that have no flag here, and what Node itself and its network need from their surroundings. */
export const PASSED_ON: readonly string[] = [
  ...['BODY_LIMIT', 'MEMORY_LIMIT', 'REQUEST_TIMEOUT_MS', 'SLOW_REQUEST_MS', 'LOG_REQUESTS'],
  ...['REDIS_REPLY_TIMEOUT_MS', 'REDIS_SILENCE_MS'],
  ...['NODE_EXTRA_CA_CERTS', 'SystemRoot', 'TZ'],
];

/** The exit codes of the service, what they mean here, and what helps. */
const PROBLEMS: Readonly<Record<number, { readonly code: ProblemCode; readonly hint?: string }>> = {
  2: { code: 'bad_setting', hint: 'These are variables, and the flags of the same meaning: redisdemo serve --help' },
  3: { code: 'json_module_missing', hint: JSON_HINT },
  4: { code: 'not_permitted', hint: 'Ports below 1024 need root: choose another with --port' },
  5: { code: 'port_taken' },
};

const ADDRESS_HINT = 'Give an address of this machine: redisdemo serve --host ADDRESS, or LISTEN_HOST';

/** The second one is the advice, which has its own line here. */
function firstSentence(words: string): string {
  return words.split(/(?<=\.) /, 1)[0] ?? words;
}

/** Resolves when the service listens. Throws a {@link Problem} with the service's own words when it does not start. */
export async function startLocal(settings: LocalSettings, systems: Systems, report: Report): Promise<LocalService> {
  const child = await systems.command.startNode({
    file: settings.file,
    env: childVariables(settings),
    onLine: report.log,
  });
  const message = (await child.firstMessage) as Message | undefined;
  if (message?.event === 'listening') {
    return { url: message.url, others: message.others, store: message.store, pid: child.pid, child };
  }
  const { exitCode, signal } = await child.ended;
  if (message?.event === 'failed' && exitCode === 5) throw await servePortTaken(settings, systems);
  const { code, hint } = PROBLEMS[exitCode ?? 1] ?? { code: 'service_failed' };
  const words = message?.message ?? `The service ended before it listened (${signal ?? `exit ${String(exitCode)}`}).`;
  throw new Problem(code, {
    message: code === 'json_module_missing' ? firstSentence(words) : words,
    hint: code === 'bad_setting' && words.includes('LISTEN_HOST') ? ADDRESS_HINT : hint,
  });
}

function childVariables({ environment, port, host, connection }: LocalSettings): Record<string, string> {
  const variables: Record<string, string | undefined> = {
    ...Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]])),
    PORT: String(port),
    LISTEN_HOST: host,
    ...(connection && localVariables(connection)),
    // The child looks the value up where it is named, as we would.
    ...(connection?.password && 'variable' in connection.password && { REDISPASS: environment['REDISPASS'] }),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Linux starts no program with a longer one (MAX_ARG_STRLEN): https://man7.org/linux/man-pages/man2/execve.2.html */
const LONGEST_VARIABLE_BYTES = 131_071;

function localVariables(connection: Connection): Readonly<Record<string, string>> {
  const variables = serviceVariables(connection);
  const isTooLong = Object.entries(variables).some(
    ([name, value]) => Buffer.byteLength(`${name}=${value}`) >= LONGEST_VARIABLE_BYTES,
  );
  if (!isTooLong) return variables;
  throw new Problem('bad_setting', {
    message:
      'These certificates are too long for a variable, which is how the service gets REDISCA, and those from a pipe.',
    hint: 'Put them into a file and name it: --redis-ca-file FILE, or REDISCA_FILE',
  });
}

async function servePortTaken({ port, record }: LocalSettings, systems: Systems): Promise<Problem> {
  const instead = (free: number): string => `redisdemo serve --port ${String(free)}`;
  return portTaken(port, { owner: await findPortOwner(port, record, systems), instead }, systems);
}

export interface BackgroundSettings {
  readonly file: string;
  readonly port: number;
  readonly connection?: Connection | undefined;
}

/** The service in the background: it outlives us, and is found again by its record and by what it answers. */
export function localPlan({ file, port, connection }: BackgroundSettings, home: Home): Plan {
  const url = `http://127.0.0.1:${String(port)}`;
  const action: RunProcess = {
    kind: 'runProcess',
    file,
    url,
    env: { PORT: String(port), LISTEN_HOST: '127.0.0.1', ...(connection && localVariables(connection)) },
    passedOn: [
      ...PASSED_ON,
      ...(connection?.password && 'variable' in connection.password ? [connection.password.variable] : []),
    ],
    logFile: home.log('service'),
    recordFile: home.record('service'),
  };
  return {
    title: `The service as a process at ${url}`,
    lock: home.lock('service'),
    steps: [
      {
        id: 'service',
        title: `start the service at ${url}`,
        action,
        exists: { ask: (systems, working) => servesAsAsked(action, connection, systems, working) },
        // One that is replaced gives its port back.
        needs: (systems) =>
          portsFree(
            [port],
            {
              own: BACKGROUND,
              instead: (free) => `redisdemo deploy local --port ${String(free)}`,
              record: action.recordFile,
            },
            systems,
          ),
        ready: {
          what: `${url}/health`,
          limitMs: READY_LIMIT_MS,
          until: { kind: 'http', url: `${url}/health`, timeoutMs: HEALTH_TIMEOUT_MS },
          look: (waiting) => healthy(action, connection, waiting),
        },
      },
    ],
  };
}

/**
 * `absent` for a service that cannot use its database and was asked to be something else: it serves nobody, and holds no
 * users. Its password is in no record, so whether that is another one by now, Redis says.
 */
async function servesAsAsked(
  action: RunProcess,
  connection: Connection | undefined,
  systems: Systems,
  { report, signal }: Working,
): Promise<Answer<unknown>> {
  const reason = await unhealthyReason(action, systems, signal);
  if (reason === undefined) return systems.perform.exists(action);
  const found = await systems.perform.exists(action).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'differs') return absent(error.message);
    throw error;
  });
  const isFixed = found.kind === 'ok' && connection !== undefined && (await accepts(connection, systems));
  if (found.kind === 'failed' || (found.kind === 'ok' && !isFixed)) return found;
  report.say(`the service in the background is replaced: it cannot use its database (${reason})`, 'note');
  return absent(reason);
}

async function accepts(connection: Connection, { redis }: Systems): Promise<boolean> {
  return (await redis.call(connection, ['PING'])).kind === 'ok';
}

/** Why the service of the record, which runs, calls itself unhealthy; undefined for every other one. */
async function unhealthyReason(action: RunProcess, systems: Systems, signal: AbortSignal): Promise<string | undefined> {
  const there = await systems.processes.recorded(action.recordFile);
  if (!there || (await systems.processes.lastWords(action)) !== undefined) return undefined;
  return unavailableReason(there.url, systems, (lines) => systems.processes.log(action, lines), signal);
}

async function healthy(
  action: RunProcess,
  connection: Connection | undefined,
  { systems, holds }: Waiting,
): Promise<Answer<unknown>> {
  const readLog: ReadLog = (lines) => systems.processes.log(action, lines);
  const said = await explainHealth(action.url, await holds(), systems, { readLog, connection });
  if (said.kind === 'ok') return said;
  const lastWords = await systems.processes.lastWords(action);
  if (lastWords === undefined) return said;
  assertJsonModule(lastWords);
  return failed(`the service has ended. ${lastWords === '' ? 'It logged nothing.' : `Its last lines:\n${lastWords}`}`);
}
