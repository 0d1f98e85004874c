import type { Values } from '../../command/setting.ts';
import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { assertPortsHere, findContainer, paused } from '../../plan/container-checks.ts';
import { hostPort, storedSettings } from '../../plan/container-settings.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import type { stackUpSettings } from './options.ts';
import {
  DEFAULT_IMAGE,
  INSIGHT_PORT,
  ownedBy,
  REDIS_PORT,
  SECRETS_VOLUME,
  STACK,
  STACK_DEFAULTS,
  stackContainer,
  stackUpLine,
  type StackSettings,
} from './settings.ts';

export interface FoundStack {
  readonly settings: StackSettings;
  readonly running: boolean;
  readonly paused: boolean;
  /** Other containers reach it by its name. */
  readonly onNetwork: boolean;
}

/** Read from the container itself; undefined when redisdemo created none. */
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

/** `auto` is the port of the existing container, or a free one. */
export async function chooseStack(values: Values<typeof stackUpSettings>, systems: Systems): Promise<StackSettings> {
  const asked = [values.port, values.insightPort];
  const there = asked.includes('auto') ? await findStack(systems) : undefined;
  const choose = async (port: number | 'auto', now: number | undefined): Promise<number> =>
    port === 'auto' ? (now ?? (await systems.ports.find())) : port;
  return {
    image: values.image,
    port: await choose(values.port, there?.settings.port),
    insightPort: await choose(values.insightPort, there?.settings.insightPort),
    password: values.password || values.passwordFile !== undefined,
    passwordFile: values.passwordFile,
  };
}

export function connectionOf({ port, password }: Pick<StackSettings, 'port' | 'password'>, home: Home): Connection {
  return {
    host: '127.0.0.1',
    port,
    tls: false,
    ...(password && { password: { file: home.secret('stack-password') } }),
  };
}

/** Throws a Problem when it does not run. */
export async function stackConnection(home: Home, systems: Systems): Promise<Connection> {
  const stack = await findStack(systems);
  // Throws when the container is somebody else's.
  if (!stack) await systems.perform.present(stackContainer(STACK_DEFAULTS, ownedBy(home)));
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

/** From a container on the same network. */
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
