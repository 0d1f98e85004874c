/** RedisInsight in a container, with the databases of ours that live already set up. */
import type { Connection } from './connection.ts';
import { NETWORK } from './databases/stack.ts';
import { SETTINGS_LABEL, type RunContainer } from './plan/action.ts';
import { absent, ok, type Answer } from './plan/answer.ts';
import type { Json } from './plan/call.ts';
import { aliveOr, portsFree } from './plan/container-checks.ts';
import type { Plan, Step } from './plan/plan.ts';
import type { Systems } from './plan/systems.ts';

const INSIGHT = 'redisdemo-insight';
const IMAGE = 'redis/redisinsight';
const PORT = 5540;
const READY_LIMIT_MS = 60_000;
const FILE = 'databases.json';

export interface InsightSettings {
  readonly port: number;
  readonly databases: readonly KnownDatabase[];
}

/** A database as a container reaches it. */
export interface KnownDatabase {
  readonly name: string;
  readonly connection: Connection;
}

/**
 * The databases come in a file in a volume of its own, for variables would show their passwords in `docker inspect`.
 * https://redis.io/docs/latest/operate/redisinsight/configuration/
 */
export function insightPlan({ port, databases }: InsightSettings): Plan {
  const url = `http://127.0.0.1:${String(port)}`;
  const volume = volumeOf(databases.map(({ name }) => name));
  return {
    title: `RedisInsight at ${url}`,
    steps: [
      { title: `pull ${IMAGE}`, action: { kind: 'pullImage', image: IMAGE } },
      { title: `create network ${NETWORK}`, action: { kind: 'createNetwork', name: NETWORK, stage: 'stack' } },
      ...handOverSteps(volume, databases),
      {
        title: `start container ${INSIGHT}`,
        action: insightContainer(port, databases.length > 0 ? volume : undefined),
        needs: (systems) =>
          portsFree([port], { own: INSIGHT, instead: `redisdemo insight up --port ${String(port + 1)}` }, systems),
        ready: {
          what: `RedisInsight at ${url}`,
          limitMs: READY_LIMIT_MS,
          ask: (systems, { signal }) => healthy(url, systems, signal),
          shell: `curl --fail --silent ${url}/api/health/ >/dev/null`,
        },
      },
    ],
  };
}

/** Named by what it holds: with other databases it is another one. */
function volumeOf(names: readonly string[]): string {
  return [INSIGHT, ...names].join('-');
}

function handOverSteps(volume: string, databases: readonly KnownDatabase[]): Step[] {
  if (databases.length === 0) return [];
  const files = [{ name: FILE, json: databases.map(entryOf) }];
  return [
    {
      title: 'hand the connections over to Docker',
      action: { kind: 'handOver', volume, stage: 'insight', image: IMAGE, files },
    },
  ];
}

/** As its own discovery reads them: redis/RedisInsight, modules/database-discovery/utils/pre-setup.discovery.util.ts. */
function entryOf({ name, connection }: KnownDatabase): Json {
  const { host, port, user, password } = connection;
  return {
    id: name,
    name: `redisdemo ${name}`,
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password && { password: { $secret: password } }),
  };
}

function insightContainer(port: number, volume: string | undefined): RunContainer {
  const path = '/run/secrets';
  return {
    kind: 'runContainer',
    name: INSIGHT,
    stage: 'insight',
    image: IMAGE,
    network: NETWORK,
    ports: [{ host: port, container: PORT }],
    mounts: volume === undefined ? [] : [{ volume, path, readOnly: true }],
    env: {
      RI_ACCEPT_TERMS_AND_CONDITIONS: 'true',
      ...(volume !== undefined && { RI_PRE_SETUP_DATABASES_PATH: `${path}/${FILE}` }),
    },
  };
}

async function healthy(url: string, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const answer = await systems.http.send({ method: 'GET', url: `${url}/api/health/`, timeoutMs: 2000 }, signal);
  if (answer.kind === 'ok' && answer.value.status === 200) return ok(undefined);
  const reason = answer.kind === 'ok' ? `status ${String(answer.value.status)}` : answer.reason;
  return aliveOr(INSIGHT, absent(reason), systems);
}

/** What it was made with, read from the container; undefined when there is none of ours. */
export async function findInsight({ containers }: Systems): Promise<InsightSettings | undefined> {
  const state = await containers.state(INSIGHT);
  if (state.kind !== 'ok') return undefined;
  const { ports = '', volumes = '' } = JSON.parse(state.value.labels[SETTINGS_LABEL] ?? '{}') as {
    readonly ports?: string;
    readonly volumes?: string;
  };
  const names = volumes.split(':', 1)[0]?.split('-').slice(2) ?? [];
  const connection: Connection = { host: 'any', port: 6379, tls: false };
  return { port: parseInt(ports, 10) || PORT, databases: names.map((name) => ({ name, connection })) };
}
