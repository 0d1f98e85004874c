/** What Redis Stack, or Redis 8, is asked to be. */
import { commandLine, unusualFlags } from '../../script/shell.ts';

export const STACK = 'redisdemo-stack';
export const STAGE = 'stack';
export const DEFAULT_IMAGE = 'redis/redis-stack';
export const SECRETS_VOLUME = `${STACK}-secrets`;
export const DATA_VOLUME = `${STACK}-data`;
export const REDIS_PORT = 6379;
export const INSIGHT_PORT = 8001;

export interface StackSettings {
  readonly image: string;
  readonly port: number;
  /** Only Redis Stack has RedisInsight inside. */
  readonly insightPort: number;
  /** A password is wanted: generated, or that of a file. */
  readonly password: boolean;
  readonly passwordFile?: string | undefined;
}

export const STACK_DEFAULTS: StackSettings = {
  image: DEFAULT_IMAGE,
  port: REDIS_PORT,
  insightPort: INSIGHT_PORT,
  password: false,
};

/** Redis Stack by its name: options in REDIS_ARGS. Anything else is taken for an image like redis:8. */
export function isStackImage(image: string): boolean {
  return image.includes('redis-stack');
}

/** The image with the server only has none: https://redis.io/docs/latest/operate/oss_and_stack/install/archive/install-stack/docker/ */
export function hasInsight(image: string): boolean {
  return isStackImage(image) && !image.includes('redis-stack-server');
}

/** The command that starts it with these settings: of others than it has, the container is a conflict. */
export function stackUpLine(settings: Omit<StackSettings, 'port' | 'insightPort'> & StackPorts): string {
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

interface StackPorts {
  readonly port: number | 'auto';
  readonly insightPort: number | 'auto';
}

/** The variables of the settings of Redis Stack. */
export const VARIABLES = {
  image: 'REDISDEMO_STACK_IMAGE',
  port: 'REDISDEMO_STACK_PORT',
  insightPort: 'REDISDEMO_STACK_INSIGHT_PORT',
} as const;
