/** What a container was asked to be: what its label holds, and what a later request is compared with. */
import * as v from 'valibot';
import type { RunContainer } from './action.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const variables = v.pipe(
  v.record(v.string(), v.string()),
  v.transform((env) => Object.fromEntries(Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1)))),
);

/** Gives the keys in this order, whatever the order of its input: printed scripts compare labels as text. */
export const CONTAINER_SETTINGS = v.object({
  image: v.string(),
  /** `host`: of this machine. */
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

/** The port of this machine that leads to a port of the container. */
export function hostPort(settings: ContainerSettings | undefined, port: number): number | undefined {
  return settings?.ports.find(({ container }) => container === port)?.host;
}

/** Setting by setting, for people. An empty list and a setting that is not there mean the same. */
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
