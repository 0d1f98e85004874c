/** The service as a process that outlives the command. */
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import type { RunProcess } from '../../plan/action.ts';
import { absent, failed, type Answer } from '../../plan/answer.ts';
import { portsFree } from '../../plan/container-checks.ts';
import type { Plan, Waiting } from '../../plan/plan.ts';
import { BACKGROUND } from '../../plan/port-owner.ts';
import { HEALTH_TIMEOUT_MS, READY_LIMIT_MS } from '../../plan/service-health.ts';
import type { Systems } from '../../plan/systems.ts';
import type { WorkContext } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { assertJsonModule, explainHealth, unavailableReason, type ReadLog } from '../../running-service/health.ts';
import { localVariables, PASSED_ON } from '../../running-service/variables.ts';

export interface BackgroundSettings {
  readonly file: string;
  readonly port: number;
  readonly connection?: Connection | undefined;
}

/** Found again by its record and by what it answers. */
export function serviceProcess({ file, port, connection }: BackgroundSettings, home: Home): RunProcess {
  return {
    kind: 'runProcess',
    file,
    url: `http://127.0.0.1:${String(port)}`,
    env: { PORT: String(port), LISTEN_HOST: '127.0.0.1', ...(connection && localVariables(connection)) },
    passedOn: [
      ...PASSED_ON,
      ...(connection?.password && 'variable' in connection.password ? [connection.password.variable] : []),
    ],
    logFile: home.log('service'),
    recordFile: home.record('service'),
  };
}

export function localPlan(settings: BackgroundSettings, home: Home): Plan {
  const action = serviceProcess(settings, home);
  const { url, recordFile: record } = action;
  const { port, connection } = settings;
  const instead = (free: number): string => `redisdemo deploy local --port ${String(free)}`;
  return {
    title: `The service as a process at ${url}`,
    lock: home.lock('service'),
    steps: [
      {
        id: 'service',
        title: `start the service at ${url}`,
        action,
        exists: { ask: (systems, working) => servesAsAsked(action, connection, systems, working) },
        // A replaced service frees its port.
        needs: (systems) => portsFree([port], { own: BACKGROUND, instead, record }, systems),
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

/** `absent` for an unhealthy service with other settings: it holds no users. No record has the password, so Redis is asked. */
async function servesAsAsked(
  action: RunProcess,
  connection: Connection | undefined,
  systems: Systems,
  { report, signal }: WorkContext,
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

/** Only for a running service with this record; otherwise undefined. */
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
