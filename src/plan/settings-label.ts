/** The label in which a container keeps what it was asked to be. Anybody can write one, so it is checked when it is read. */
import * as v from 'valibot';
import { SETTINGS_LABEL } from './action.ts';

type Labels = Readonly<Record<string, string>>;

/** Setting by setting, as text. */
export type ContainerSettings = Readonly<Record<string, string>>;

const settingsText = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Empty without the label, and for one that redisdemo did not write: then nothing is known. */
export function containerSettings(labels: Labels): ContainerSettings {
  const result = v.safeParse(settingsText, labels[SETTINGS_LABEL] ?? '{}');
  return result.success ? result.output : {};
}

export interface PortPair {
  /** On this machine. */
  readonly host: number;
  readonly container: number;
}

/** As in `6379:6379 8001:8001`; a pair without two ports is left out. */
export function publishedPorts({ ports = '' }: ContainerSettings): readonly PortPair[] {
  return ports
    .split(' ')
    .map((pair) => pair.split(':').map(Number))
    .map(([host = NaN, container = NaN]) => ({ host, container }))
    .filter(({ host, container }) => isPort(host) && isPort(container));
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}
