import type { Values } from '../../command/setting.ts';
import { findContainer } from '../../plan/container-checks.ts';
import { hostPort, storedSettings } from '../../plan/container-settings.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import type { stackUpSettings } from './options.ts';
import type { StackSettings } from './settings.ts';
import { DEFAULT_IMAGE, INSIGHT_PORT, REDIS_PORT, SECRETS_VOLUME, STACK } from './settings.ts';

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

/** `auto` is the port that the container has, or one that is free now. */
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
