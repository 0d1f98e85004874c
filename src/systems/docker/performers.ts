/** What performs each kind of action in Docker. */
import type Docker from 'dockerode';
import type { Effect } from '../../plan/action.ts';
import type { Performer } from '../../plan/systems.ts';
import { containerPerformer } from './container.ts';
import type { Ask } from './errors.ts';
import { secretsPerformer } from './hand-over.ts';
import { buildPerformer, pullPerformer } from './image.ts';
import { networkPerformer } from './network.ts';
import { volumePerformer } from './volume.ts';

export type DockerAction = Exclude<Effect, { kind: 'file' | 'runProcess' | 'resource' }>;
export type OfKind<K extends DockerAction['kind']> = Extract<DockerAction, { kind: K }>;
type Performers = { readonly [K in DockerAction['kind']]: Performer<OfKind<K>> };

/** @param signal ends what may take long: a pull, a build */
export function dockerPerformers(docker: Docker, ask: Ask, signal: AbortSignal): Performers {
  return {
    pullImage: pullPerformer(docker, ask, signal),
    buildImage: buildPerformer(docker, ask, signal),
    createNetwork: networkPerformer(docker, ask),
    createVolume: volumePerformer(docker, ask),
    handOver: secretsPerformer(docker, ask),
    runContainer: containerPerformer(docker, ask),
  };
}
