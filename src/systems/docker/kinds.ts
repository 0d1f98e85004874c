/** How each kind of action is asked for, made and taken away in Docker. */
import type Docker from 'dockerode';
import { labelsFor, type Effect, type EffectKind } from '../../plan/action.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { handOverName } from '../../script/container-lines.ts';
import type { Creating } from '../../plan/systems.ts';
import { compare, earlierNote } from './compare.ts';
import { removeIfThere, runContainer, unless } from './container.ts';
import type { Ask } from './errors.ts';
import { handOver, isHandedOver } from './hand-over.ts';
import { builtImage, pulledImage } from './image.ts';
import { sharedNetwork } from './network.ts';
import { assertOurContainer, assertOurs } from './owner.ts';

export type DockerAction = Exclude<Effect, { kind: 'file' | 'runProcess' | 'resource' }>;
export type Of<K extends EffectKind> = Extract<DockerAction, { kind: K }>;

export interface Kind<K extends EffectKind> {
  /** `ok`: there, as the action wants it. */
  readonly exists: (action: Of<K>) => Promise<Answer<unknown>>;
  /** `ok`: something of ours of that name is there, in whatever state. */
  readonly present: (action: Of<K>) => Promise<Answer<unknown>>;
  readonly create: (action: Of<K>, creating: Creating) => Promise<Answer<unknown>>;
  readonly remove: (action: Of<K>) => Promise<Answer<unknown>>;
}

export type Kinds = { readonly [K in DockerAction['kind']]: Kind<K> };

const STOP_SECONDS = 10;

export function dockerKinds(docker: Docker, ask: Ask, signal: AbortSignal): Kinds {
  const volumePresent = (name: string, home: string): Promise<Answer<unknown>> =>
    ask(async () => {
      assertOurs(await docker.getVolume(name).inspect(), 'volume', name, home);
    });
  return {
    pullImage: pulledImage(docker, ask, signal),
    createNetwork: sharedNetwork(docker, ask),
    createVolume: {
      exists: ({ name, home }) => volumePresent(name, home),
      present: ({ name, home }) => volumePresent(name, home),
      create: (action) => ask(() => docker.createVolume({ Name: action.name, Labels: labelsFor(action) })),
      remove: ({ name }) => ask(() => docker.getVolume(name).remove()),
    },
    handOver: {
      exists: async (action) => {
        const found = await ask(() => isHandedOver(docker, action));
        return found.kind === 'ok' && !found.value ? absent('no container has it') : found;
      },
      present: ({ volume, home }) => volumePresent(volume, home),
      create: async (action) => {
        const present = await volumePresent(action.volume, action.home);
        return present.kind === 'failed' ? present : ask(() => handOver(docker, action));
      },
      remove: ({ volume, home }) =>
        ask(async () => {
          await removeIfThere(docker, { name: handOverName(volume), home });
          await docker.getVolume(volume).remove();
        }),
    },
    runContainer: {
      exists: (action) =>
        ask(() => docker.getContainer(action.name).inspect()).then((found) =>
          found.kind === 'ok' ? compare(action, found.value) : found,
        ),
      present: (action) =>
        ask(() => docker.getContainer(action.name).inspect()).then((found) => {
          if (found.kind !== 'ok') return found;
          assertOurContainer(action.name, found.value, action.home);
          return ok(undefined, earlierNote(action, found.value));
        }),
      create: (action, creating) => runContainer(docker, ask, action, creating),
      remove: ({ name }) =>
        ask(async () => {
          const container = docker.getContainer(name);
          await container.stop({ t: STOP_SECONDS }).catch(unless(304));
          await container.remove({ v: true, force: true });
        }),
    },
    buildImage: builtImage(docker, ask, signal),
  };
}
