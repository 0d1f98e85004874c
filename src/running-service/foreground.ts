/** The service as a process of this command. */
import type { Connection } from '../connection.ts';
import { findPortOwner, portTaken } from '../plan/port-owner.ts';
import type { Child, Systems } from '../plan/systems.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import type { Report } from '../report.ts';
import { JSON_HINT } from './health.ts';
import { localVariables, PASSED_ON } from './variables.ts';

interface LocalService {
  readonly url: string;
  /** Where other machines reach it; empty when it listens for this one only, or on one address. */
  readonly others: readonly string[];
  readonly pid: number;
  readonly store: string;
  readonly child: Child;
}

interface LocalSettings {
  /** The built service: dist/service/server.js. */
  readonly file: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly connection?: Connection | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** The record of the background service, which may hold the port. Called only when the port is taken. */
  readonly record: () => string;
}

/** What the service's process says over its channel (service/src/server.ts). */
type Message =
  | { readonly event: 'listening'; readonly url: string; readonly others: readonly string[]; readonly store: string }
  | { readonly event: 'failed'; readonly exitCode: number; readonly message: string };

/** The exit codes of the service, what they mean here, and what helps. */
const PROBLEMS: Readonly<Record<number, { readonly code: ProblemCode; readonly hint?: string }>> = {
  2: { code: 'bad_setting', hint: 'These are variables, and the flags of the same meaning: redisdemo serve --help' },
  3: { code: 'json_module_missing', hint: JSON_HINT },
  4: { code: 'not_permitted', hint: 'Ports below 1024 need root: choose another with --port' },
  5: { code: 'port_taken' },
};

const ADDRESS_HINT = 'Give an address of this machine: redisdemo serve --host ADDRESS, or LISTEN_HOST';

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
    // The second sentence is the advice, which is the hint here.
    message: code === 'json_module_missing' ? (words.split(/(?<=\.) /, 1)[0] ?? words) : words,
    hint: code === 'bad_setting' && words.includes('LISTEN_HOST') ? ADDRESS_HINT : hint,
  });
}

function childVariables({ environment, port, host, connection }: LocalSettings): Record<string, string> {
  const variables: Record<string, string | undefined> = {
    ...Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]])),
    PORT: String(port),
    LISTEN_HOST: host,
    ...(connection && localVariables(connection)),
    // The child reads the password from the same variable.
    ...(connection?.password && 'variable' in connection.password && { REDISPASS: environment['REDISPASS'] }),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function servePortTaken({ port, record }: LocalSettings, systems: Systems): Promise<Problem> {
  const instead = (free: number): string => `redisdemo serve --port ${String(free)}`;
  return portTaken(port, { owner: await findPortOwner(port, record, systems), instead }, systems);
}
