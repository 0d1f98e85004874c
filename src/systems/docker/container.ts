import type Docker from 'dockerode';
import { labelsFor, SETTINGS_LABEL, type RunContainer } from '../../plan/action.ts';
import { failed, ok, type Answer } from '../../plan/answer.ts';
import { settingsLabel } from '../../plan/container-settings.ts';
import type { Creating, Performer } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { compare, earlierNote } from './compare.ts';
import type { Engine } from './errors.ts';
import { endpointOf, reattach } from './network.ts';
import { assertOurContainer, assertOurs } from './owner.ts';

const STOP_SECONDS = 10;
/** The port was taken after the check; the third is Docker Desktop's message on Windows. */
const PORT_TAKEN = /port is already allocated|address already in use|Only one usage of each socket address/;

export function containerPerformer(engine: Engine): Performer<RunContainer> {
  const { docker, ask } = engine;
  const inspect = ({ name }: RunContainer) => ask(() => docker.getContainer(name).inspect());
  return {
    exists: async (action) => {
      const found = await inspect(action);
      return found.kind === 'ok' ? compare(action, found.value) : found;
    },
    present: async (action) => {
      const found = await inspect(action);
      if (found.kind !== 'ok') return found;
      assertOurContainer(action.name, found.value, action.home);
      return ok(undefined, earlierNote(action, found.value));
    },
    create: (action, creating) => runContainer(engine, action, creating),
    remove: ({ name }) =>
      ask(async () => {
        const container = docker.getContainer(name);
        await container.stop({ t: STOP_SECONDS }).catch(unless(304));
        await container.remove({ v: true, force: true });
      }),
  };
}

async function runContainer(engine: Engine, action: RunContainer, { say }: Creating): Promise<Answer<unknown>> {
  const { docker, ask } = engine;
  const found = await ask(() => docker.getContainer(action.name).inspect());
  if (found.kind === 'ok' && found.value.State.Status !== 'created' && action.replace !== true) {
    const note = earlierNote(action, found.value);
    if (note !== undefined) say(note);
    // Its data is kept: it has stopped, or has lost its network.
    const attached = await ask(() => reattach(docker, action, found.value));
    if (attached.kind !== 'ok') return failed(attached.reason);
    return settled(await ask(() => docker.getContainer(action.name).start().catch(unless(304))));
  }
  await removeIfThere(docker, action.name, action.home);
  await warnOfArchitecture(docker, action, say);
  const created = await ask(() => docker.createContainer(containerOptions(action)));
  if (created.kind !== 'ok') return failed(created.reason);
  const started = await ask(() => created.value.start());
  // A container that could not start is removed, so that the next run can request something else.
  if (started.kind !== 'ok') await removeIfThere(docker, action.name, action.home);
  return settled(started);
}

function settled(started: Answer<unknown>): Answer<unknown> {
  if (started.kind === 'ok') return started;
  const { reason } = started;
  if (!PORT_TAKEN.test(reason)) return failed(reason);
  const port = Number(/127\.0\.0\.1:([1-9]\d*)/.exec(reason)?.[1]);
  throw new Problem('port_taken', {
    message: `Port ${String(port)} was taken while the container started. The engine says: ${reason}`,
    hint: 'Free it, or run the same command with another port.',
    details: { port, owner: null },
  });
}

async function warnOfArchitecture(docker: Docker, action: RunContainer, say: Creating['say']): Promise<void> {
  const { image, emulated = 'it runs slowly, if at all' } = action;
  const [{ Architecture }, { Arch }] = await Promise.all([docker.getImage(image).inspect(), docker.version()]);
  if (Architecture !== Arch) say(`${image} is for ${Architecture}, this engine is ${Arch}: ${emulated}`);
}

function containerOptions(action: RunContainer): Docker.ContainerCreateOptions {
  const { name, image, ports, mounts, env, network, command, readOnly, capabilities } = action;
  return {
    name,
    Image: image,
    Env: Object.entries(env).map(([variable, value]) => `${variable}=${value}`),
    Labels: { ...labelsFor(action), [SETTINGS_LABEL]: settingsLabel(action) },
    ...(command && { Cmd: [...command] }),
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${String(port.container)}/tcp`, {}])),
    ...(action.aliases && { NetworkingConfig: { EndpointsConfig: { [network]: endpointOf(action) } } }),
    HostConfig: {
      NetworkMode: network,
      ...(capabilities && { CapAdd: capabilities.map((name) => `CAP_${name}`) }),
      ReadonlyRootfs: readOnly ?? false,
      PortBindings: Object.fromEntries(
        ports.map((port) => [`${String(port.container)}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(port.host) }]]),
      ),
      Mounts: mounts.map((mount) => ({
        Type: 'volume' as const,
        Source: mount.volume,
        Target: mount.path,
        ReadOnly: mount.readOnly ?? false,
      })),
    },
  };
}

/** Throws a Problem when redisdemo did not create it. */
export async function removeIfThere(docker: Docker, name: string, home: string): Promise<void> {
  const container = docker.getContainer(name);
  const found = await container.inspect().catch(unless(404));
  if (!found) return;
  assertOurs(found.Config, 'container', name, home);
  await container.remove({ force: true, v: true }).catch(unless(404));
}

/** Ignores one status, which means that the work was done before. */
export function unless(status: number): (error: { readonly statusCode?: number }) => void {
  return (error) => {
    if (error.statusCode !== status) throw error as Error;
  };
}
