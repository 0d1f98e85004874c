import { findContainer } from '../../plan/container-checks.ts';
import { hostPort } from '../../plan/container-settings.ts';
import { storedSettings } from '../../plan/settings-label.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { DEFAULT_IMAGE, INSIGHT_PORT, REDIS_PORT, SECRETS_VOLUME, STACK, type StackSettings } from './settings.ts';

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
