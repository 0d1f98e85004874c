/** Notes in the state folder about what is in Docker. */
import type Docker from 'dockerode';
import { HOME_LABEL } from '../../plan/action.ts';
import { absent, ok } from '../../plan/answer.ts';
import type { Ask } from './errors.ts';
import type { Kind } from './kinds.ts';
import { readPrivate, removePrivate, writePrivate } from '../files/private-files.ts';

export function keptFile(docker: Docker, ask: Ask): Kind<'keepFile'> {
  return {
    exists: async ({ file, content }) => {
      const found = await readPrivate(file);
      return found === content ? ok(undefined) : absent('not noted yet');
    },
    present: async ({ file, owner }) => {
      if ((await readPrivate(file)) === undefined) return absent('not noted');
      if (owner === undefined) return ok(undefined);
      const owned = await ask(() => isOwner(docker, owner));
      return owned.kind === 'ok' && owned.value ? absent('still in use') : owned;
    },
    create: async ({ file, content }) => {
      await writePrivate(file, content);
      return ok(undefined);
    },
    remove: async ({ file }) => {
      await removePrivate(file);
      return ok(undefined);
    },
  };
}

/** Whether anything in Docker was created from the state folder with this id. */
async function isOwner(docker: Docker, home: string): Promise<boolean> {
  const filters = { label: [`${HOME_LABEL}=${home}`] };
  const [containers, { Volumes }, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  // Podman and Docker give null for no volumes.
  const volumes = Volumes as typeof Volumes | null;
  return containers.length + (volumes?.length ?? 0) + networks.length > 0;
}
