/** RedisInsight in a container, with the databases of ours that live already set up. */
import { STACK, NETWORK } from './databases/stack.ts';
import type { RunContainer } from './plan/action.ts';
import { absent, ok } from './plan/answer.ts';
import { aliveOr, portsFree } from './plan/container-checks.ts';
import type { Plan } from './plan/plan.ts';

export const INSIGHT = 'redisdemo-insight';
const IMAGE = 'redis/redisinsight';
const PORT = 5540;
const READY_LIMIT_MS = 60_000;

export interface InsightSettings {
  readonly port: number;
  /** Redis Stack runs: it is set up. */
  readonly stack: boolean;
}

/**
 * The password is not set up with it: the only ways are variables, which `docker inspect` shows. RedisInsight asks for
 * it once. https://redis.io/docs/latest/operate/redisinsight/configuration/
 */
export function insightPlan({ port, stack }: InsightSettings): Plan {
  const url = `http://127.0.0.1:${String(port)}`;
  const container: RunContainer = {
    kind: 'runContainer',
    name: INSIGHT,
    stage: 'insight',
    image: IMAGE,
    network: NETWORK,
    ports: [{ host: port, container: PORT }],
    mounts: [],
    env: {
      RI_ACCEPT_TERMS_AND_CONDITIONS: 'true',
      ...(stack && {
        RI_REDIS_HOST_STACK: STACK,
        RI_REDIS_PORT_STACK: '6379',
        RI_REDIS_ALIAS_STACK: 'redisdemo stack',
      }),
    },
  };
  return {
    title: `RedisInsight at ${url}`,
    steps: [
      { title: `pull ${IMAGE}`, action: { kind: 'pullImage', image: IMAGE } },
      { title: `create network ${NETWORK}`, action: { kind: 'createNetwork', name: NETWORK, stage: 'stack' } },
      {
        title: `start container ${INSIGHT}`,
        action: container,
        needs: (systems) =>
          portsFree([port], { own: INSIGHT, instead: `redisdemo insight up --port ${String(port + 1)}` }, systems),
        ready: {
          what: `RedisInsight at ${url}`,
          limitMs: READY_LIMIT_MS,
          ask: async (systems, { signal }) => {
            const answer = await systems.http.send(
              { method: 'GET', url: `${url}/api/health/`, timeoutMs: 2000 },
              signal,
            );
            if (answer.kind === 'ok' && answer.value.status === 200) return ok(undefined);
            return aliveOr(
              INSIGHT,
              absent(answer.kind === 'ok' ? `status ${String(answer.value.status)}` : answer.reason),
              systems,
            );
          },
          shell: `curl --fail --silent ${url}/api/health/ >/dev/null`,
        },
      },
    ],
  };
}
