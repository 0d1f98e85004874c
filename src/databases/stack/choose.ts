import type { Values } from '../../command/setting.ts';
import type { Systems } from '../../plan/systems.ts';
import { findStack } from './found.ts';
import type { stackUpSettings } from './options.ts';
import type { StackSettings } from './settings.ts';

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
