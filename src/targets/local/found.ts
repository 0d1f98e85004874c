import type { Home } from '../../home.ts';
import { serviceFile, type Places } from '../../places.ts';
import type { Systems } from '../../plan/systems.ts';
import type { BackgroundSettings } from './background.ts';

/** The port of the service in the background; undefined when redisdemo has started none. */
export async function portOf(home: Home, systems: Systems): Promise<number | undefined> {
  const record = await systems.processes.recorded(home.record('service'));
  return record && Number(new URL(record.url).port || 80);
}

/** Its database is not known here: whoever asks for the status must not be led to one. */
export function serviceOf({ built }: Places, port: number): BackgroundSettings {
  return { file: serviceFile(built), port };
}
