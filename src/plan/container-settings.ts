/**
 * The requested settings of a container, stored in a label to compare later requests with. Anybody can write such a
 * label, so it is checked when it is read.
 */
import * as v from 'valibot';
import { SETTINGS_LABEL, type RunContainer } from './action.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const variables = v.pipe(
  v.record(v.string(), v.string()),
  v.transform((env) => Object.fromEntries(Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1)))),
);

/** The output has the keys in this order, whatever the input: printed scripts compare labels as text. */
export const CONTAINER_SETTINGS = v.object({
  image: v.string(),
  ports: v.array(v.object({ host: port, container: port })),
  mounts: v.array(v.object({ volume: v.string(), path: v.string() })),
  env: variables,
  network: v.string(),
  command: v.optional(v.array(v.string()), []),
  readOnly: v.optional(v.boolean(), false),
  capabilities: v.optional(v.array(v.string()), []),
});

export type ContainerSettings = v.InferOutput<typeof CONTAINER_SETTINGS>;

export function settingsOf(container: RunContainer): ContainerSettings {
  return v.parse(CONTAINER_SETTINGS, container);
}

export function hostPort(settings: ContainerSettings | undefined, port: number): number | undefined {
  return settings?.ports.find(({ container }) => container === port)?.host;
}

/** For people. An empty list and a missing setting mean the same. */
export function textsOf(settings: ContainerSettings): Readonly<Record<string, readonly string[]>> {
  const { image, ports, mounts, env, network, command, readOnly, capabilities } = settings;
  return {
    image: [image],
    ports: ports.map(({ host, container }) => `${String(host)}:${String(container)}`),
    volumes: mounts.map(({ volume, path }) => `${volume}:${path}`),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env ${name}`, value === '' ? [] : [value]])),
    network: [network],
    command,
    readOnly: [String(readOnly)],
    ...(capabilities.length > 0 && { capabilities }),
  };
}

export interface StoredSettings {
  readonly settings: ContainerSettings;
  /** Written by version 0.1 or before: each setting is a text, and the whole command is one word. */
  readonly isEarlier: boolean;
}

const VARIABLE = 'env ';

const earlierTexts = v.pipe(v.record(v.string(), v.string()), v.transform(fromTexts), CONTAINER_SETTINGS);

/** The result is not checked yet: a pair may lack its second part. */
function fromTexts(texts: Readonly<Record<string, string>>): unknown {
  const { image, network, ports, volumes, command = '', readOnly, capabilities, ...rest } = texts;
  const env = Object.entries(rest).filter(([name]) => name.startsWith(VARIABLE));
  return {
    image,
    ports: pairs(ports).map(([host, container]) => ({ host: Number(host), container: Number(container) })),
    mounts: pairs(volumes).map(([volume, path]) => ({ volume, path })),
    env: Object.fromEntries(env.map(([name, value]) => [name.slice(VARIABLE.length), value])),
    network,
    command: command === '' ? [] : [command],
    readOnly: readOnly === 'true',
    capabilities: words(capabilities),
  };
}

function pairs(text: string | undefined): readonly string[][] {
  return words(text).map((pair) => pair.split(':'));
}

const stored = (isEarlier: boolean) => v.transform((settings: ContainerSettings) => ({ settings, isEarlier }));
const label = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([v.pipe(CONTAINER_SETTINGS, stored(false)), v.pipe(earlierTexts, stored(true))]),
);

function words(text = ''): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/** undefined without the label, and for a label that redisdemo did not write. */
export function storedSettings(labels: Readonly<Record<string, string>>): StoredSettings | undefined {
  const result = v.safeParse(label, labels[SETTINGS_LABEL]);
  return result.success ? result.output : undefined;
}

export function settingsLabel(container: RunContainer): string {
  return JSON.stringify(settingsOf(container));
}

/** What version 0.1 wrote for the same settings. */
export function earlierLabel(container: RunContainer): string {
  const texts = Object.entries(textsOf({ ...settingsOf(container), env: container.env }));
  return JSON.stringify(Object.fromEntries(texts.map(([name, words]) => [name, words.join(' ')])));
}
