/** Ownership by labels. Without an id (version 0.x), a thing counts as this state folder's. */
import type Docker from 'dockerode';
import { HOME_LABEL, LABEL, SETTINGS_LABEL } from '../../plan/action.ts';
import { Problem } from '../../problem.ts';

type Labels = Readonly<Record<string, string>>;

interface Labelled {
  /** null where there are none. */
  readonly Labels?: Labels | null | undefined;
}

export function labelsOf({ Labels }: Labelled): Labels {
  return Labels ?? {};
}

export function isOfHome(labelled: Labelled, home: string): boolean {
  return (labelsOf(labelled)[HOME_LABEL] ?? home) === home;
}

/** @throws Problem `foreign` when redisdemo did not create it, `other_home` when it did from another state folder */
export function assertOurs(
  labelled: Labelled,
  kind: 'container' | 'network' | 'volume',
  name: string,
  home: string,
): void {
  const thing = `${kind} ${name}`;
  if (!(LABEL in labelsOf(labelled))) {
    throw new Problem('foreign', {
      message: `There is a ${thing} that redisdemo did not create. It was left alone.`,
      // Docker renames containers only.
      hint:
        kind === 'container'
          ? `Rename or remove the container ${name} yourself, then run the same command again.`
          : `If nobody needs it, remove it, then run the same command again: docker ${kind} rm ${name}`,
    });
  }
  if (isOfHome(labelled, home)) return;
  const owner = labelsOf(labelled)[HOME_LABEL] ?? '';
  throw new Problem('other_home', {
    message: `The ${thing} was created from another state folder (owner ${owner}). It was left alone.`,
    hint: 'Set REDISDEMO_HOME to that folder to work with it, or use another Docker engine.',
    details: { owner },
  });
}

/** A container inherits its image's labels: an image built by redisdemo carries {@link LABEL}, whoever runs it. */
export function assertOurContainer(name: string, { Config }: { readonly Config: Labelled }, home: string): void {
  assertOurs({ Labels: SETTINGS_LABEL in labelsOf(Config) ? Config.Labels : {} }, 'container', name, home);
}

export async function anyCreatedFrom(docker: Docker, home: string): Promise<boolean> {
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
