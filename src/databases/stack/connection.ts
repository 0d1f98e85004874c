import type { Connection } from '../../connection.ts';
import type { Home } from '../../home.ts';
import { assertPortsHere, paused } from '../../plan/container-checks.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { findStack } from './found.ts';
import {
  ownedBy,
  REDIS_PORT,
  STACK,
  STACK_DEFAULTS,
  stackContainer,
  stackUpLine,
  type StackSettings,
} from './settings.ts';

export function connectionOf({ port, password }: Pick<StackSettings, 'port' | 'password'>, home: Home): Connection {
  return {
    host: '127.0.0.1',
    port,
    tls: false,
    ...(password && { password: { file: home.secret('stack-password') } }),
  };
}

/** How to reach the stack from this machine. Throws a Problem when it does not run. */
export async function stackConnection(home: Home, systems: Systems): Promise<Connection> {
  const stack = await findStack(systems);
  // Throws when there is one that is somebody else's.
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
