/** The label in which a container keeps its settings. Anybody can write one, so it is checked when it is read. */
import * as v from 'valibot';
import { SETTINGS_LABEL, type RunContainer } from './action.ts';
import { CONTAINER_SETTINGS, settingsOf, textsOf, type ContainerSettings } from './container-settings.ts';

export interface StoredSettings {
  readonly settings: ContainerSettings;
  /** In the form of version 0.1 and before: each setting is a text, and the whole command is one word. */
  readonly isEarlier: boolean;
}

const VARIABLE = 'env ';

const earlierTexts = v.pipe(v.record(v.string(), v.string()), v.transform(fromTexts), CONTAINER_SETTINGS);

/** To be checked: a pair may lack its second part. */
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

/** undefined without the label, and for one that redisdemo did not write: then nothing is known. */
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
