/** Secrets are copied into a volume with a container that is never started. */
import type Docker from 'dockerode';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { labelsFor, SETTINGS_LABEL, type CreateVolume, type HandedFile, type HandOver } from '../../plan/action.ts';
import { absent, type Answer } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import { FORMS, handOverName } from '../../script/docker-lines.ts';
import { readSecret, withSecrets } from '../files/secrets.ts';
import { readAuthority } from '../net/tls.ts';
import { removeIfThere, unless } from './container.ts';
import { readContainerFile } from './containers.ts';
import type { Engine } from './errors.ts';
import { assertOurs } from './owner.ts';

export function secretsPerformer(engine: Engine): Performer<HandOver> {
  const { docker, ask } = engine;
  const present = ({ volume, home }: HandOver) => findVolume(engine, volume, home);
  return {
    exists: async (action) => {
      const found = await ask(() => isHandedOver(docker, action));
      return found.kind === 'ok' && !found.value ? absent('no container has it') : found;
    },
    present,
    create: async (action) => {
      const found = await present(action);
      return found.kind === 'failed' ? found : ask(() => handOver(docker, action));
    },
    remove: ({ volume, home }) =>
      ask(async () => {
        await removeIfThere(docker, handOverName(volume), home);
        await docker.getVolume(volume).remove();
      }),
  };
}

/** False without a container that uses the volume: an interrupted run may have left it incomplete. */
async function isHandedOver(docker: Docker, { volume, files }: HandOver): Promise<boolean> {
  const [found] = await containersWith(docker, volume);
  if (!found) return false;
  for (const file of files) {
    // A secret that cannot be read does not exist yet.
    const content = await contentOf(file).catch(() => undefined);
    const there = await readContainerFile(docker, found.Id, `/run/secrets/${file.name}`);
    if (there !== content) return false;
  }
  return true;
}

/** Containers that use the volume, running or stopped. */
function containersWith(docker: Docker, volume: string): Promise<readonly Docker.ContainerInfo[]> {
  return docker.listContainers({ all: true, filters: { volume: [volume], label: [SETTINGS_LABEL] } });
}

/**
 * Restarts running containers with the volume, so that they read the files again. A stopped one stays stopped: the step
 * that starts it first attaches it to its network, which may be gone.
 */
async function handOver(docker: Docker, action: HandOver): Promise<void> {
  const contents = await Promise.all(action.files.map(async (file) => [file.name, await contentOf(file)] as const));
  const found = await containersWith(docker, action.volume);
  const containers = found.filter(({ State }) => State === 'running').map(({ Id }) => docker.getContainer(Id));
  for (const container of containers) await container.stop().catch(unless(304));
  await copy(docker, action, contents);
  for (const container of containers) await container.start();
}

async function copy(docker: Docker, action: HandOver, contents: readonly (readonly [string, string])[]): Promise<void> {
  const { volume, home, image } = action;
  const [name, labels] = [handOverName(volume), labelsFor(action)];
  await removeIfThere(docker, name, home);
  // Before it is used: Podman ignores the labels of a volume that is created with its container.
  await docker.createVolume({ Name: volume, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: image,
    Cmd: ['true'],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: volume, Target: '/run/secrets', ReadOnly: false }],
    },
  });
  const archive = pack();
  for (const [file, content] of contents) archive.entry({ name: file, mode: 0o444 }, content);
  archive.finalize();
  await container.putArchive(Readable.from(archive), { path: '/run/secrets' });
  await container.remove({ v: true });
}

async function contentOf(file: HandedFile): Promise<string> {
  if ('json' in file) return JSON.stringify(await withSecrets(file.json));
  if ('secret' in file) return FORMS[file.form].render(await readSecret(file.secret));
  const { certificates } = file;
  return 'file' in certificates ? readAuthority(certificates.file, '--redis-ca-file') : certificates.text;
}

export function volumePerformer(engine: Engine): Performer<CreateVolume> {
  const { docker, ask } = engine;
  const present = ({ name, home }: CreateVolume) => findVolume(engine, name, home);
  return {
    exists: present,
    present,
    create: (action) => ask(() => docker.createVolume({ Name: action.name, Labels: labelsFor(action) })),
    remove: ({ name }) => ask(() => docker.getVolume(name).remove()),
  };
}

/** Throws a Problem when redisdemo did not create it. */
function findVolume({ docker, ask }: Engine, name: string, home: string): Promise<Answer<unknown>> {
  return ask(async () => {
    assertOurs(await docker.getVolume(name).inspect(), 'volume', name, home);
  });
}
