import type { Home } from '../../home.ts';
import type { Owned, RunContainer } from '../../plan/action.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import {
  DATA_VOLUME,
  hasInsight,
  INSIGHT_PORT,
  isStackImage,
  REDIS_PORT,
  SECRETS_VOLUME,
  STACK,
  STAGE,
  type StackSettings,
} from './settings.ts';

const SECRETS_PATH = '/run/secrets';
const CONFIG = `${SECRETS_PATH}/redis.conf`;

export const ownedBy = ({ id }: Home): Owned => ({ stage: STAGE, home: id });

/**
 * redis/redis-stack takes options from REDIS_ARGS and a mounted /redis-stack.conf; redis:8 ignores the first and takes
 * them after its name (redis/docker-library-redis#489). Neither is given a password where `inspect` would show it.
 */
export function stackContainer({ image, port, insightPort, password }: StackSettings, owned: Owned): RunContainer {
  const common = { kind: 'runContainer', name: STACK, ...owned, image, network: NETWORK } as const;
  const mounts = [
    { volume: DATA_VOLUME, path: '/data' },
    ...(password ? [{ volume: SECRETS_VOLUME, path: SECRETS_PATH, readOnly: true }] : []),
  ];
  const redis = { host: port, container: REDIS_PORT };
  if (!isStackImage(image)) {
    const command = ['redis-server', ...(password ? [CONFIG] : []), '--appendonly', 'yes'];
    return { ...common, mounts, ports: [redis], env: {}, command };
  }
  return {
    ...common,
    mounts,
    ports: hasInsight(image) ? [redis, { host: insightPort, container: INSIGHT_PORT }] : [redis],
    env: { REDIS_ARGS: '--appendonly yes' },
    ...(password && { command: ['sh', '-c', `cat ${CONFIG} >/redis-stack.conf && exec /entrypoint.sh`] }),
  };
}
