import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { LABEL, SETTINGS_LABEL } from '../../plan/action.ts';
import type { Containers, ContainerState } from '../../plan/systems.ts';
import { MalformedAnswer } from './answers.ts';
import type { Engine } from './errors.ts';
import { anyCreatedFrom, isOfHome, labelsOf } from './owner.ts';

export function containerQueries(
  { docker, ask }: Engine,
  owner: { readonly id: string },
): Omit<Containers, 'reach' | 'elsewhere'> {
  return {
    state: (name) => ask(async () => stateOf(await docker.getContainer(name).inspect(), owner.id)),
    kill: (name) => ask(() => docker.getContainer(name).kill()),
    start: (name) => ask(() => docker.getContainer(name).start()),
    engine: () =>
      ask(async () => {
        const { MemTotal, Architecture } = (await docker.info()) as { MemTotal: number; Architecture: string };
        return { memoryBytes: MemTotal, architecture: Architecture };
      }),
    readFile: (name, path) => ask(() => readContainerFile(docker, name, path)),
    address: ({ container, network }) =>
      ask(async () => {
        const { NetworkSettings } = await docker.getContainer(container).inspect();
        return NetworkSettings.Networks[network]?.IPAddress ?? '';
      }),
    anyCreatedFrom: (home) => ask(() => anyCreatedFrom(docker, home)),
    log: (name, lines) =>
      ask(async () => {
        return plainLog(await docker.getContainer(name).logs({ stdout: true, stderr: true, tail: lines }));
      }),
    list: () =>
      ask(async () => {
        const found = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
        return found
          .filter((container) => isOfHome(container, owner.id))
          .map(({ Names, State, Ports, Image }) => ({
            name: nameOf(Names) ?? '',
            state: State,
            image: Image,
            ports: portsOf(Ports),
          }));
      }),
    withAddress: (network, address) =>
      ask(async () => {
        const { Containers: found = {} } = (await docker.getNetwork(network).inspect()) as {
          readonly Containers?: Readonly<Record<string, { readonly Name: string; readonly IPv4Address: string }>>;
        };
        return Object.values(found).find(({ IPv4Address }) => IPv4Address.split('/')[0] === address)?.Name;
      }),
    publishing: (port) =>
      ask(async () => {
        // Podman does not know the filter `publish`.
        const found = await docker.listContainers();
        return nameOf(found.find(({ Ports }) => portsOf(Ports).includes(port))?.Names);
      }),
  };
}

/** The engine puts a slash before the name. */
export function nameOf([path]: readonly string[] = []): string | undefined {
  return path?.replace(/^\//, '');
}

function stateOf(container: Docker.ContainerInspectInfo, home: string): ContainerState {
  const { Id, Config, NetworkSettings } = container;
  const { Running, Paused, ExitCode, Health } = container.State;
  const labels = labelsOf(Config);
  const output = Health?.Log.at(-1)?.Output.trim() ?? '';
  const said = Health?.Status === 'unhealthy' ? { unhealthy: output === '' ? 'nothing' : output } : {};
  return {
    id: Id,
    running: Running,
    paused: Paused,
    exitCode: ExitCode,
    ours: SETTINGS_LABEL in labels && isOfHome(Config, home),
    labels,
    networks: Object.keys(NetworkSettings.Networks),
    ...said,
  };
}

/** An unpublished port has no host port, whatever the type says; Podman gives null for no ports. */
function portsOf(ports: readonly { readonly PublicPort?: number }[] | null): readonly number[] {
  return (ports ?? []).flatMap(({ PublicPort }) => PublicPort ?? []);
}

/** Without a terminal the engine sends frames: 8 bytes of header, of which the last four are the length. */
function plainLog(raw: Buffer): string {
  const texts: string[] = [];
  for (let at = 0; at + 8 <= raw.length; at += 8 + raw.readUInt32BE(at + 4)) {
    texts.push(raw.subarray(at + 8, at + 8 + raw.readUInt32BE(at + 4)).toString('utf8'));
  }
  return texts.join('');
}

const LIMIT_BYTES = 1024 * 1024;

/** Like `docker cp`: no shell in the container is needed. */
export async function readContainerFile(docker: Docker, name: string, path: string): Promise<string> {
  const archive = await docker.getContainer(name).getArchive({ path });
  const unpacked = extract();
  archive
    .on('error', (error: Error) => {
      unpacked.destroy(error);
    })
    .pipe(unpacked);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const entry of unpacked) {
    for await (const part of entry) {
      length += (part as Buffer).length;
      if (length > LIMIT_BYTES) throw new MalformedAnswer(`${path} in ${name} is larger than 1 MiB`);
      parts.push(part as Buffer);
    }
  }
  return Buffer.concat(parts).toString('utf8');
}
