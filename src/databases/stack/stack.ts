/** Redis Stack, or Redis 8, in a container: the tutorial's first database. */
import { findContainer } from '../../plan/container-checks.ts';
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { passwordAction, type HandOver, type ManagedFile, type Owned, type RunContainer } from '../../plan/action.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { aliveOr, assertPortsHere, paused, portsFree } from '../../plan/container-checks.ts';
import type { Plan, Step, Waiting } from '../../plan/plan.ts';
import { commandLine, unusualFlags } from '../../script/shell.ts';
import { hostPort } from '../../plan/container-settings.ts';
import { storedSettings } from '../../plan/settings-label.ts';
import { sharedNetworkSteps } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { waitFor, type Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { explained } from './failures.ts';

export const STACK = 'redisdemo-stack';
export const NETWORK = 'redisdemo';
export const DEFAULT_IMAGE = 'redis/redis-stack';
const SECRETS_VOLUME = `${STACK}-secrets`;
const PASSWORD_FILE = 'redis-password';
const DATA_VOLUME = `${STACK}-data`;
const CONFIG = '/run/secrets/redis.conf';
const REDIS_PORT = 6379;
const INSIGHT_PORT = 8001;
const READY_LIMIT_MS = 60_000;

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

/** https://hub.docker.com/r/redis/redis-stack: Redis 8 has its modules, and Redis Stack ended in December 2025. */
const SUCCESSOR = 'Redis Stack gets no updates any more. Its maintained successor is Redis 8: --image redis:8';

/** Redis Stack by its name: options in REDIS_ARGS. Anything else is taken for an image like redis:8. */
function isStackImage(image: string): boolean {
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

export function stackPlan(settings: StackSettings, home: Home): Plan {
  const secret = { file: home.secret('stack-password') };
  const { image, passwordFile } = settings;
  const owned = { stage: 'stack', home: home.id };
  const record: ManagedFile = {
    kind: 'file',
    file: home.record('stack-data'),
    content: { from: 'text', text: `{"volume":"${DATA_VOLUME}"}` },
  };
  const handOver: HandOver = {
    kind: 'handOver',
    volume: SECRETS_VOLUME,
    ...owned,
    image,
    files: [
      { name: 'redis.conf', secret, form: 'redisConfig' },
      { name: PASSWORD_FILE, secret, form: 'plain' },
    ],
  };
  const password: Step[] = [
    {
      id: 'password',
      title: 'make the password',
      action: passwordAction(secret.file, passwordFile),
      needs: (systems) => noOtherPassword(handOver, systems),
    },
    { id: 'secrets', title: 'hand the password over to Docker', action: handOver },
  ];
  const container = stackContainer(settings, owned);
  const ports = container.ports.map(({ host }) => host);
  return {
    title: `Redis in a container (${image})`,
    lock: home.lock('stack'),
    ...(isStackImage(image) && { note: SUCCESSOR }),
    steps: [
      { id: 'pull', title: `pull ${image}`, action: { kind: 'pullImage', image } },
      ...sharedNetworkSteps(home, NETWORK),
      {
        id: 'data-volume',
        title: `create volume ${DATA_VOLUME}`,
        action: { kind: 'createVolume', name: DATA_VOLUME, ...owned },
        needs: (systems, working) => reportLostData(record, systems, working),
        keep: true,
      },
      { id: 'data-note', title: `note that ${DATA_VOLUME} has data`, action: record, keep: true },
      ...(settings.password ? password : []),
      {
        id: 'container',
        title: `start container ${STACK}`,
        action: container,
        needs: (systems) =>
          portsFree(
            ports,
            {
              own: STACK,
              instead: stackUpLine({ ...settings, port: 'auto', insightPort: 'auto' }),
              record: home.record('service'),
            },
            systems,
          ),
        ready: {
          what: `Redis at 127.0.0.1:${String(settings.port)}`,
          limitMs: READY_LIMIT_MS,
          until: { kind: 'redis', connection: connectionOf(settings, home), answer: 'PONG' },
          look: (waiting) => answers(connectionOf(settings, home), settings, waiting),
        },
      },
    ],
  };
}

/** Asked when the volume is not there: the note says whether it was. */
async function reportLostData({ file }: ManagedFile, { files }: Systems, { report }: Working): Promise<void> {
  if (!(await files.exists(file))) return;
  report.say(
    `The data are gone: something other than redisdemo removed the volume ${DATA_VOLUME}. Redis starts empty.`,
    'bad',
  );
}

/** What Docker was given before is what Redis asks for: a new password here would only lock us out. */
async function noOtherPassword(handOver: HandOver, { perform }: Systems): Promise<void> {
  if ((await perform.present(handOver)).kind !== 'ok') return;
  throw new Problem('password_differs', {
    message: `${STACK} was created with another password, which is stored in the volume ${SECRETS_VOLUME}.`,
    hint: 'Remove it first; the data stays: redisdemo stack down',
  });
}

/**
 * redis/redis-stack takes options from REDIS_ARGS and a mounted /redis-stack.conf; redis:8 ignores the first and takes
 * them after its name (redis/docker-library-redis#489). Neither is given a password where `inspect` would show it.
 */
function stackContainer({ image, port, insightPort, password }: StackSettings, owned: Owned): RunContainer {
  const common = { kind: 'runContainer', name: STACK, ...owned, image, network: NETWORK } as const;
  const mounts = [
    { volume: DATA_VOLUME, path: '/data' },
    ...(password ? [{ volume: SECRETS_VOLUME, path: '/run/secrets', readOnly: true }] : []),
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

/** PONG, and it knows JSON: any other answer than "unknown command" says so, and no right to ask for modules is needed. */
async function answers(
  connection: Connection,
  settings: StackSettings,
  { systems, holds }: Waiting,
): Promise<Answer<unknown>> {
  const answer = await holds();
  if (answer.kind === 'ok') {
    const json = await systems.redis.call(connection, ['JSON.GET', 'redisdemo:probe', '$']);
    if (json.kind === 'failed' && isUnknown(json.reason)) throw moduleProblem(json.reason);
    // It has ended, or still loads its data: whether it knows JSON was not said.
    if (json.kind === 'absent' || (json.kind === 'failed' && json.transient === true)) return absent(json.reason);
    return ok(undefined);
  }
  // What no wait changes: another password, protected mode, something else on that port.
  if (answer.kind === 'failed' && answer.transient !== true) return answer;
  const alive = await aliveOr(STACK, absent(answer.reason), systems);
  if (alive.kind !== 'failed') return alive;
  const up = (image: string): string => stackUpLine({ ...settings, image, passwordFile: undefined });
  return explained(alive, { image: settings.image, volume: DATA_VOLUME, up });
}

function connectionOf({ port, password }: Pick<StackSettings, 'port' | 'password'>, home: Home): Connection {
  return {
    host: '127.0.0.1',
    port,
    tls: false,
    ...(password && { password: { file: home.secret('stack-password') } }),
  };
}

interface FoundStack {
  readonly settings: StackSettings;
  readonly running: boolean;
  readonly paused: boolean;
  /** Containers beside it find it by its name. */
  readonly onNetwork: boolean;
}

/** What runs now, read from the container itself; undefined when there is none of ours. */
export async function findStack(systems: Systems): Promise<FoundStack | undefined> {
  const found = await findContainer(STACK, systems);
  if (found?.ours !== true) return undefined;
  const there = storedSettings(found.labels)?.settings;
  return {
    running: found.running,
    paused: found.paused,
    onNetwork: found.networks.includes(NETWORK),
    settings: {
      image: there?.image ?? DEFAULT_IMAGE,
      port: hostPort(there, REDIS_PORT) ?? REDIS_PORT,
      insightPort: hostPort(there, INSIGHT_PORT) ?? INSIGHT_PORT,
      password: there?.mounts.some(({ volume }) => volume === SECRETS_VOLUME) ?? false,
    },
  };
}

/** How to reach the stack from this machine. Throws a Problem when it does not run. */
export async function stackConnection(home: Home, systems: Systems): Promise<Connection> {
  const stack = await findStack(systems);
  // Throws when there is one that is somebody else's.
  if (!stack) await systems.perform.present(stackContainer(STACK_DEFAULTS, { stage: 'stack', home: home.id }));
  if (!stack?.running) {
    throw new Problem('not_running', {
      message: 'Redis Stack does not run.',
      hint: `Start it with: ${stackUpLine(stack?.settings ?? STACK_DEFAULTS)}`,
    });
  }
  if (stack.paused) throw paused(STACK);
  await assertPortsHere(systems);
  return connectionOf(stack.settings, home);
}

/** How to reach it from a container beside it. */
export async function stackInside(home: Home, systems: Systems): Promise<Connection> {
  const connection = await stackConnection(home, systems);
  const stack = await findStack(systems);
  if (stack?.onNetwork === false) {
    throw new Problem('detached', {
      message: `The container ${STACK} is not on the network ${NETWORK}.`,
      hint: `Attach it again with: ${stackUpLine(stack.settings)}`,
    });
  }
  return { ...connection, host: STACK, port: REDIS_PORT };
}

const SEARCH_LIMIT_MS = 10_000;

/**
 * A document and an index of our own, there and back: what the service and the tutorial need. Resolves with the
 * consequence when Search is missing; a missing JSON module is a Problem.
 */
export async function proveModules(
  connection: Connection,
  systems: Systems,
  working: Working,
): Promise<string | undefined> {
  const name = `redisdemo:probe:${crypto.randomUUID()}`;
  const call = (...command: string[]) => systems.redis.call(connection, command);
  const stored = await call('JSON.SET', `${name}:1`, '$', '{"word":"found"}');
  if (stored.kind !== 'ok') throw moduleProblem(stored.reason);
  try {
    const index = await call(
      'FT.CREATE',
      name,
      'ON',
      'JSON',
      'PREFIX',
      '1',
      `${name}:`,
      'SCHEMA',
      '$.word',
      'AS',
      'word',
      'TEXT',
    );
    if (index.kind !== 'ok')
      return `Search is missing: the service works, the tutorial's queries do not (${index.reason})`;
    // Documents that are there already are indexed in the background.
    const ask = async (): Promise<Answer<unknown>> => {
      const found = await call('FT.SEARCH', name, 'found');
      const count = found.kind === 'ok' && Array.isArray(found.value) ? Number(found.value[0]) : 0;
      return count === 1 ? ok(undefined) : absent(found.kind === 'ok' ? 'not indexed yet' : found.reason);
    };
    await waitFor({ what: 'JSON and Search to answer', limitMs: SEARCH_LIMIT_MS, ask }, working);
    return undefined;
  } finally {
    await call('FT.DROPINDEX', name);
    await call('DEL', `${name}:1`);
  }
}

const isUnknown = (reason: string): boolean => /unknown command/i.test(reason);

function moduleProblem(reason: string): Problem {
  if (!isUnknown(reason)) return new Problem('system_failed', { message: `JSON.SET: ${reason}` });
  return new Problem('json_module_missing', {
    message: `This Redis has no JSON module: ${reason}`,
    hint: 'Take an image that has it: redisdemo stack down && redisdemo stack up --image redis:8',
  });
}
