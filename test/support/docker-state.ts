/** What a sandbox holds: everything by its name, and in full what is ours on its engine. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LABEL } from '../../src/plan/action.ts';
import { askEngine, filters } from './engine-api.ts';
import type { Sandbox } from './sandbox.ts';

/** On the engine with its id, whoever made it, and in the home: `network redisdemo 5f2c…`, `home 600 secrets/name`. */
export async function everythingIn({ engine: { host }, home }: Sandbox): Promise<readonly string[]> {
  const [containers, networks, { Volumes: volumes }, images] = await Promise.all([
    askEngine<readonly { Names: readonly string[]; Id: string }[]>(host, '/containers/json?all=true'),
    askEngine<readonly { Name: string; Id: string }[]>(host, `/networks?${filters({ type: ['custom'] })}`),
    askEngine<{ Volumes: readonly { Name: string }[] | null }>(host, '/volumes'),
    askEngine<readonly { RepoTags: readonly string[] | null; Id: string }[]>(host, '/images/json?all=true'),
  ]);
  const things = [
    ...containers.map(({ Names, Id }) => `container ${plain(Names[0])} ${Id}`),
    ...networks.map(({ Name, Id }) => `network ${Name} ${Id}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...images.flatMap(({ RepoTags, Id }) => namesOf(RepoTags).map((name) => `image ${name} ${Id}`)),
  ];
  return [...things.sort(), ...(await filesIn(home))];
}

/** An image without a name counts too. */
function namesOf(tags: readonly string[] | null): readonly string[] {
  return tags === null || tags.length === 0 ? ['<none>'] : tags;
}

function plain(name = ''): string {
  return name.replace(/^\//, '');
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

/** Where things are listed, by label or by name, and where one of them is described. */
const KINDS = [
  { kind: 'container', list: '/containers/json?all=true&', one: (id: string) => `/containers/${id}/json` },
  { kind: 'network', list: '/networks?', one: (id: string) => `/networks/${id}` },
  { kind: 'volume', list: '/volumes?', one: (name: string) => `/volumes/${name}` },
  { kind: 'image', list: '/images/json?', one: (id: string) => `/images/${id}/json` },
] as const;

interface Listed {
  readonly Id?: string;
  readonly Name?: string;
}

interface Inspected {
  readonly Name?: string;
  readonly RepoTags?: readonly string[];
}

/** Everything that carries our label as the engine describes it, but for what is never twice the same. */
export async function inspectOurs(lab: Sandbox): Promise<Readonly<Record<string, unknown>>> {
  return inspect(lab, () => ({ label: [LABEL] }), PASSING);
}

/** Everything with our name, whoever made it, but for what only redisdemo writes, or writes in its own way. */
export async function inspectNamed(lab: Sandbox): Promise<Readonly<Record<string, unknown>>> {
  const named = (kind: string) => (kind === 'image' ? { reference: ['redisdemo/*'] } : { name: ['redisdemo'] });
  return inspect(lab, named, new Set([...PASSING, ...WRITTEN_OTHERWISE]));
}

async function inspect(
  { engine: { host } }: Sandbox,
  filterOf: (kind: string) => Readonly<Record<string, readonly string[]>>,
  passing: ReadonlySet<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const found = KINDS.map(async ({ kind, list, one }): Promise<[string, unknown][]> => {
    const answer = await askEngine<readonly Listed[] | { Volumes: readonly Listed[] | null }>(
      host,
      list + filters(filterOf(kind)),
    );
    const listed = 'Volumes' in answer ? (answer.Volumes ?? []) : answer;
    return Promise.all(
      listed.map(async ({ Id, Name }): Promise<[string, unknown]> => {
        const thing = await askEngine<Inspected>(host, one(Id ?? Name ?? ''));
        return [
          `${kind} ${thing.Name === undefined ? namesOf(thing.RepoTags ?? null).join(' ') : plain(thing.Name)}`,
          lasting(thing, passing),
        ];
      }),
    );
  });
  return Object.fromEntries((await Promise.all(found)).flat());
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
/** Labels; and volumes, which `--volume` writes elsewhere: `Mounts` of the container itself has them in each case. */
const WRITTEN_OTHERWISE = ['Labels', 'Binds', 'Mode', 'HostConfig.Mounts'];
/** What is not asked for is null, or empty, or has a name, as the client has it that asks. */
const NOTHING = new Set(['null', '[]', '{}', '""', '"no"']);
/** The engine gives them in any order. */
const UNORDERED = new Set(['Env', 'Mounts']);

function lasting(value: unknown, passing: ReadonlySet<string>, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => lasting(item, passing));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([name]) => !passing.has(name) && !passing.has(`${within}.${name}`))
    .map(([name, field]) => {
      const rest = UNORDERED.has(name) ? ordered(field, passing) : lasting(field, passing, name);
      return [name, rest] as const;
    });
  return Object.fromEntries(fields.filter(([, field]) => !NOTHING.has(JSON.stringify(field))));
}

function ordered(list: unknown, passing: ReadonlySet<string>): unknown {
  return Array.isArray(list) ? list.map((item) => JSON.stringify(lasting(item, passing))).sort() : list;
}
