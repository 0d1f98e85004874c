import type { Connection } from '../connection.ts';
import type { Home } from '../home.ts';
import type { Owned, RunContainer } from '../plan/action.ts';
import type { Json } from '../plan/call.ts';
import { aliveOr, portsFree, publishedPort } from '../plan/container-checks.ts';
import type { Plan } from '../plan/plan.ts';
import { NETWORK, sharedNetworkSteps } from '../plan/shared-network.ts';
import type { Systems } from '../plan/systems.ts';

const INSIGHT = 'redisdemo-insight';
const IMAGE = 'redis/redisinsight';
const PORT = 5540;
const READY_LIMIT_MS = 60_000;
const SECRETS_VOLUME = `${INSIGHT}-secrets`;
const SECRETS_PATH = '/run/secrets';
const FILE = 'databases.json';

interface InsightSettings {
  readonly port: number;
  readonly databases: readonly KnownDatabase[];
}

/** As a container reaches it. */
export interface KnownDatabase {
  readonly name: string;
  readonly connection: Connection;
}

/**
 * The databases come as a file in a volume, because variables would show their passwords in `docker inspect`.
 * A changed file is handed over again, and RedisInsight rereads it.
 * https://redis.io/docs/latest/operate/redisinsight/configuration/
 */
export function insightPlan({ port, databases }: InsightSettings, home: Home): Plan {
  const owned = { stage: 'insight', home: home.id };
  const url = `http://127.0.0.1:${String(port)}`;
  const instead = (free: number): string => `redisdemo insight up --port ${String(free)}`;
  return {
    title: `RedisInsight at ${url}`,
    steps: [
      { id: 'pull', title: `pull ${IMAGE}`, action: { kind: 'pullImage', image: IMAGE } },
      ...sharedNetworkSteps(home),
      {
        id: 'secrets',
        title: 'hand the connections over to Docker',
        action: {
          kind: 'handOver',
          volume: SECRETS_VOLUME,
          ...owned,
          image: IMAGE,
          files: [{ name: FILE, json: databases.map(entryOf) }],
        },
      },
      {
        id: 'container',
        title: `start container ${INSIGHT}`,
        action: insightContainer(port, owned),
        needs: (systems) => portsFree([port], { own: INSIGHT, instead, record: home.record('service') }, systems),
        ready: {
          what: `RedisInsight at ${url}`,
          limitMs: READY_LIMIT_MS,
          until: { kind: 'http', url: `${url}/api/health/`, timeoutMs: 2000 },
          look: async ({ systems, holds }) => {
            const answer = await holds();
            return answer.kind === 'ok' ? answer : aliveOr(INSIGHT, answer, systems);
          },
        },
      },
    ],
  };
}

/** redis/RedisInsight, modules/database-discovery/utils/pre-setup.discovery.util.ts. */
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

function insightContainer(port: number, owned: Owned): RunContainer {
  return {
    kind: 'runContainer',
    name: INSIGHT,
    ...owned,
    image: IMAGE,
    network: NETWORK,
    ports: [{ host: port, container: PORT }],
    mounts: [{ volume: SECRETS_VOLUME, path: SECRETS_PATH, readOnly: true }],
    env: {
      RI_ACCEPT_TERMS_AND_CONDITIONS: 'true',
      RI_PRE_SETUP_DATABASES_PATH: `${SECRETS_PATH}/${FILE}`,
    },
  };
}

/** undefined when redisdemo created no container. */
export function insightPort(systems: Systems): Promise<number | undefined> {
  return publishedPort(INSIGHT, PORT, systems);
}

export async function foundInsightPlan(home: Home, systems: Systems): Promise<Plan> {
  return insightPlan({ port: (await insightPort(systems)) ?? PORT, databases: [] }, home);
}
