import { findContainer } from '../../plan/container-checks.ts';
import { containerSettings, publishedPorts } from '../../plan/settings-label.ts';
import { NETWORK } from '../../plan/shared-network.ts';
import type { Systems } from '../../plan/systems.ts';
import { DEFAULT_IMAGE, INSIGHT_PORT, REDIS_PORT, SECRETS_VOLUME, STACK, type StackSettings } from './settings.ts';

export interface FoundStack {
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
  const there = containerSettings(found.labels);
  const ports = publishedPorts(there);
  const portOf = (wanted: number): number => ports.find(({ container }) => container === wanted)?.host ?? wanted;
  return {
    running: found.running,
    paused: found.paused,
    onNetwork: found.networks.includes(NETWORK),
    settings: {
      image: there['image'] ?? DEFAULT_IMAGE,
      port: portOf(REDIS_PORT),
      insightPort: portOf(INSIGHT_PORT),
      password: there['volumes']?.includes(SECRETS_VOLUME) ?? false,
    },
  };
}
