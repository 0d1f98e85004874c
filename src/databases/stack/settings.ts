import type { Home } from '../../home.ts';
import type { Owned, RunContainer } from '../../plan/action.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import { commandLine, unusualFlags } from '../../script/shell.ts';

export const STACK = 'redisdemo-stack';
const STAGE = 'stack';
export const DEFAULT_IMAGE = 'redis/redis-stack';
export const SECRETS_VOLUME = `${STACK}-secrets`;
export const DATA_VOLUME = `${STACK}-data`;
export const REDIS_PORT = 6379;
export const INSIGHT_PORT = 8001;

export interface StackSettings {
  readonly image: string;
  readonly port: number;
  /** Only used when the image has RedisInsight. */
  readonly insightPort: number;
  readonly password: boolean;
  readonly passwordFile?: string | undefined;
}

export const STACK_DEFAULTS: StackSettings = {
  image: DEFAULT_IMAGE,
  port: REDIS_PORT,
  insightPort: INSIGHT_PORT,
  password: false,
};

/** Recognized by its name. Any other image is treated like redis:8. */
export function isStackImage(image: string): boolean {
  return image.includes('redis-stack');
}

/** https://redis.io/docs/latest/operate/oss_and_stack/install/archive/install-stack/docker/ */
export function hasInsight(image: string): boolean {
  return isStackImage(image) && !image.includes('redis-stack-server');
}

/** The `up` command with these settings: with others, the existing container is a conflict. */
export function stackUpLine(settings: Omit<StackSettings, Ports> & Readonly<Record<Ports, number | 'auto'>>): string {
  const { image, port, insightPort, password, passwordFile } = settings;
  return commandLine([
    ...['redisdemo', 'stack', 'up'],
    ...unusualFlags({
      '--image': [image, DEFAULT_IMAGE],
      '--port': [port, REDIS_PORT],
      ...(hasInsight(image) && { '--insight-port': [insightPort, INSIGHT_PORT] }),
    }),
    ...(passwordFile === undefined ? [] : ['--password-file', passwordFile]),
    ...(password && passwordFile === undefined ? ['--password'] : []),
  ]);
}

type Ports = 'port' | 'insightPort';

const SECRETS_PATH = '/run/secrets';
const CONFIG = `${SECRETS_PATH}/redis.conf`;

export const ownedBy = ({ id }: Home): Owned => ({ stage: STAGE, home: id });

/**
 * redis/redis-stack takes options from REDIS_ARGS and a mounted /redis-stack.conf; redis:8 takes them as arguments
 * (redis/docker-library-redis#489). Neither gets the password where `inspect` would show it.
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
