/** What a lab holds: everything by its name, and in full what is ours on its engine. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LABEL } from '../src/plan/action.ts';
import type { Lab } from './lab.ts';

const LISTS = [
  ['ps', '--all', '--no-trunc', '--format', 'container {{.Names}} {{.ID}}'],
  ['network', 'ls', '--no-trunc', '--filter', 'type=custom', '--format', 'network {{.Name}} {{.ID}}'],
  ['volume', 'ls', '--format', 'volume {{.Name}}'],
  ['image', 'ls', '--all', '--no-trunc', '--format', 'image {{.Repository}}:{{.Tag}} {{.ID}}'],
] as const;

/** On the engine with its id, whoever made it, and in the home: `network redisdemo 5f2c…`, `home 600 secrets/name`. */
export async function everythingIn(lab: Lab): Promise<readonly string[]> {
  const lists = await Promise.all(LISTS.map((list) => lab.docker(...list)));
  return [...lists.flatMap((list) => list.split('\n').filter(Boolean)).sort(), ...(await filesIn(lab.home))];
}

/** Files and folders, with who may do what. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  const paths = entries ? ['.', ...entries].sort() : [];
  return Promise.all(
    paths.map(async (path) => `home ${((await stat(join(folder, path))).mode & 0o777).toString(8)} ${path}`),
  );
}

const OURS = {
  container: ['ps', '--all'],
  network: ['network', 'ls'],
  volume: ['volume', 'ls'],
  image: ['image', 'ls'],
} as const;

/** Everything that carries our label as `docker inspect` shows it, but for what is never twice the same. */
export async function inspectOurs(lab: Lab): Promise<Readonly<Record<string, unknown>>> {
  const found = await Promise.all(Object.entries(OURS).map(([kind, list]) => inspectKind(kind, list, lab)));
  return Object.fromEntries(found.flat());
}

interface Inspected {
  readonly Name?: string;
  readonly RepoTags?: readonly string[];
}

async function inspectKind(kind: string, list: readonly string[], lab: Lab): Promise<[string, unknown][]> {
  const ids = await lab.docker(...list, '--quiet', '--filter', `label=${LABEL}`);
  if (ids === '') return [];
  const things = JSON.parse(await lab.docker(kind, 'inspect', ...ids.split('\n'))) as Inspected[];
  return things.map((thing) => {
    const name = thing.Name?.replace(/^\//, '') ?? thing.RepoTags?.join(' ') ?? '';
    return [`${kind} ${name}`, lasting(thing)];
  });
}

/** Ids, times, addresses, places in the engine's own folder, and what a container says of itself only while it runs. */
const PASSING = new Set([
  ...['Id', 'Image', 'Parent', 'Container', 'Created', 'CreatedAt', 'StartedAt', 'FinishedAt', 'LastTagTime', 'Pid'],
  ...['Hostname', 'Aliases', 'Health', 'GraphDriver', 'Containers', 'Size', 'VirtualSize'],
  ...['ResolvConfPath', 'HostnamePath', 'HostsPath', 'LogPath', 'SandboxID', 'SandboxKey', 'NetworkID', 'EndpointID'],
  ...['IPAM', 'Gateway', 'IPAddress', 'IPPrefixLen', 'MacAddress'],
  // Of an image: what its builder ran last, and layers, in which folders have the time of the build.
  ...['ContainerConfig', 'Layers'],
]);
/** What is not asked for is null, or empty, or has a name, as the client has it that asks. */
const NOTHING = new Set(['null', '[]', '{}', '""', '"no"']);
/** The engine gives them in any order. */
const UNORDERED = new Set(['Env', 'Mounts']);

function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([name]) => !PASSING.has(name))
    .map(([name, field]) => [name, UNORDERED.has(name) ? ordered(field) : lasting(field)] as const);
  return Object.fromEntries(fields.filter(([, field]) => !NOTHING.has(JSON.stringify(field))));
}

function ordered(list: unknown): unknown {
  return Array.isArray(list) ? list.map((item) => JSON.stringify(lasting(item))).sort() : list;
}
