import type { Home } from '../../home.ts';
import { serviceFile, type Places } from '../../places.ts';
import type { Systems } from '../../plan/systems.ts';
import type { BackgroundSettings } from './background.ts';

/** undefined when redisdemo started no service. */
export async function portOf(home: Home, systems: Systems): Promise<number | undefined> {
  const record = await systems.processes.recorded(home.record('service'));
  return record && Number(new URL(record.url).port || 80);
}

/** Without its database: `status` must not connect to one. */
export function serviceOf({ built }: Places, port: number): BackgroundSettings {
  return { file: serviceFile(built), port };
}
