/** How each kind of action is asked for, made and taken away in Docker. */
import type Docker from 'dockerode';
import { LABEL, type Action, type ActionKind } from '../plan/action.ts';
import { absent, failed, type Answer } from '../plan/answer.ts';
import { handOverName } from '../plan/container-lines.ts';
import { repositoryOf } from '../plan/lines.ts';
import type { Creating } from '../plan/systems.ts';
import { baseHint, buildImage, otherArchitecture } from './docker-build.ts';
import {
  assertOurContainer,
  assertOurs,
  compare,
  labelsOf,
  removeIfThere,
  runContainer,
  unless,
} from './docker-container.ts';
import type { Ask } from './docker-errors.ts';
import { pinnedCertificate } from './docker-files.ts';
import { handOver, isHandedOver } from './docker-hand-over.ts';
import { sharedNetwork } from './docker-network.ts';
import { followed } from './docker-progress.ts';

export type DockerAction = Exclude<Action, { kind: 'makeSecret' | 'makeNetrc' | 'runProcess' | 'resource' }>;
export type Of<K extends ActionKind> = Extract<DockerAction, { kind: K }>;

export interface Kind<K extends ActionKind> {
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
  const volumePresent = (name: string): Promise<Answer<unknown>> =>
    ask(async () => {
      assertOurs(await docker.getVolume(name).inspect(), `volume ${name}`);
    });
  const imagePresent = (name: string): Promise<Answer<Docker.ImageInspectInfo>> =>
    ask(() => docker.getImage(name).inspect());
  /** Also those of earlier versions. By name too: what somebody builds on ours inherits its labels. */
  const builtImages = ({ stage, image }: Of<'buildImage'>): Promise<Answer<readonly string[]>> =>
    ask(async () => {
      const reference = repositoryOf(image);
      const found = await docker.listImages({ filters: { label: [`${LABEL}=${stage}`], reference: [reference] } });
      return found.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(`${reference}:`));
    });
  return {
    pullImage: {
      exists: ({ image }) => imagePresent(image),
      present: ({ image }) => imagePresent(image),
      create: async ({ image }, { update }) => {
        const pulled = await followed(() => docker.pull(image, { abortSignal: signal }), { ask, update, signal });
        return pulled.kind === 'failed' ? { hint: pullHint(image), ...pulled } : pulled;
      },
      remove: () => Promise.resolve(absent('images that were pulled stay')),
    },
    createNetwork: sharedNetwork(docker, ask),
    createVolume: {
      exists: ({ name }) => volumePresent(name),
      present: ({ name }) => volumePresent(name),
      create: ({ name, stage }) => ask(() => docker.createVolume({ Name: name, Labels: { [LABEL]: stage } })),
      remove: ({ name }) => ask(() => docker.getVolume(name).remove()),
    },
    handOver: {
      exists: async (action) => {
        const found = await ask(() => isHandedOver(docker, action));
        return found.kind === 'ok' && !found.value ? absent('no container has it') : found;
      },
      present: ({ volume }) => volumePresent(volume),
      create: async (action) => {
        const present = await volumePresent(action.volume);
        return present.kind === 'failed' ? present : ask(() => handOver(docker, action));
      },
      remove: ({ volume }) =>
        ask(async () => {
          await removeIfThere(docker, handOverName(volume));
          await docker.getVolume(volume).remove();
        }),
    },
    runContainer: {
      exists: (action) =>
        ask(() => docker.getContainer(action.name).inspect()).then((found) =>
          found.kind === 'ok' ? compare(action, found.value) : found,
        ),
      present: ({ name }) =>
        ask(async () => {
          assertOurContainer(name, await docker.getContainer(name).inspect());
        }),
      create: (action, creating) => runContainer(docker, ask, action, creating),
      remove: ({ name }) =>
        ask(async () => {
          const container = docker.getContainer(name);
          await container.stop({ t: STOP_SECONDS }).catch(unless(304));
          await container.remove({ v: true, force: true });
        }),
    },
    findAddress: {
      exists: ({ container, network }) =>
        ask(async () => {
          const { NetworkSettings } = await docker.getContainer(container).inspect();
          return NetworkSettings.Networks[network]?.IPAddress;
        }),
      present: () => Promise.resolve(absent('nothing of its own')),
      create: () => Promise.resolve(failed('an address is only asked for')),
      remove: () => Promise.resolve(absent('nothing of its own')),
    },
    pinCertificate: pinnedCertificate(docker, ask),
    buildImage: {
      exists: async (action) => {
        const { image, digest } = action;
        const found = await imagePresent(image);
        if (found.kind !== 'ok') return found;
        if (labelsOf(found.value.Config)[`${LABEL}.digest`] !== digest) return absent('built from something else');
        const other = otherArchitecture(action, found.value);
        return other === undefined ? found : absent(other);
      },
      present: async (action) => {
        const found = await builtImages(action);
        return found.kind === 'ok' && found.value.length === 0 ? absent('not built') : found;
      },
      create: async (action, { update }) => {
        const built = await followed(() => buildImage(docker, action, signal), { ask, update, signal });
        return checkedBuild(action, built, await imagePresent(action.image));
      },
      remove: async (action) => {
        const found = await builtImages(action);
        if (found.kind !== 'ok') return found;
        return ask(() => Promise.all(found.value.map((tag) => docker.getImage(tag).remove({ force: true }))));
      },
    },
  };
}

function pullHint(image: string): string {
  return `Pull it by hand (after docker login, where the registry wants one), then go on: docker pull ${image}`;
}

/** A failure, or a result for another platform, with what helps. */
function checkedBuild(
  action: Of<'buildImage'>,
  built: Answer<unknown>,
  found: Answer<Docker.ImageInspectInfo>,
): Answer<unknown> {
  const { platform } = action;
  if (platform === undefined) return built;
  const hint = baseHint(platform);
  if (built.kind === 'failed') return built.reason.includes('platform') ? { ...built, hint } : built;
  const other = found.kind === 'ok' ? otherArchitecture(action, found.value) : undefined;
  return other === undefined ? built : failed(`${other}, not for ${platform}`, { hint });
}
