/** Pulled images belong to the engine, built images to redisdemo. */
import type Docker from 'dockerode';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { LABEL, LAYER, type BuildImage, type PullImage } from '../../plan/action.ts';
import { absent, failed, type Answer } from '../../plan/answer.ts';
import type { Performer } from '../../plan/systems.ts';
import { repositoryOf } from '../../script/lines.ts';
import type { Engine } from './errors.ts';
import { labelsOf } from './owner.ts';
import { followed } from './progress.ts';

const PULL_BY_HAND = 'Pull it by hand (after docker login, where the registry wants one), then go on';

export function pullPerformer({ docker, ask }: Engine, signal: AbortSignal): Performer<PullImage> {
  const inspect = inspector({ docker, ask });
  return {
    exists: ({ image }) => inspect(image),
    present: ({ image }) => inspect(image),
    create: async ({ image }, { update }) => {
      const pulled = await followed(() => docker.pull(image, { abortSignal: signal }), { ask, update, signal });
      if (pulled.kind === 'failed') return { hint: `${PULL_BY_HAND}: docker pull ${image}`, ...pulled };
      return thereAfter(pulled, await inspect(image));
    },
    remove: () => Promise.resolve(absent('images that were pulled stay')),
  };
}

export function buildPerformer({ docker, ask }: Engine, signal: AbortSignal): Performer<BuildImage> {
  const inspect = inspector({ docker, ask });
  const unused = (action: BuildImage) => ask(() => unusedImages(docker, action));
  return {
    exists: async (action) => {
      const { image, digest } = action;
      const found = await inspect(image);
      if (found.kind !== 'ok') return found;
      if (labelsOf(found.value.Config)[`${LABEL}.digest`] !== digest) return absent('built from something else');
      const other = otherArchitecture(action, found.value);
      return other === undefined ? found : absent(other);
    },
    present: async (action) => {
      const found = await unused(action);
      return found.kind === 'ok' && found.value.length === 0 ? absent('not built, or in use') : found;
    },
    create: async (action, { update }) => {
      const built = await followed(() => buildImage(docker, action, signal), { ask, update, signal });
      return checkedBuild(action, built, await inspect(action.image));
    },
    remove: async (action) => {
      const found = await unused(action);
      if (found.kind !== 'ok') return found;
      return ask(() => Promise.all(found.value.map((tag) => docker.getImage(tag).remove({ force: true }))));
    },
  };
}

function inspector({ docker, ask }: Engine) {
  return (name: string): Promise<Answer<Docker.ImageInspectInfo>> => ask(() => docker.getImage(name).inspect());
}

/**
 * Names of built images without containers, also from earlier versions: an image is named by its content and shared by
 * all state folders. Matched by label and name: images that somebody builds on them inherit the labels.
 */
async function unusedImages(docker: Docker, { stage, image }: BuildImage): Promise<readonly string[]> {
  const wanted = repositoryOf(image);
  const filters = { label: [`${LABEL}=${stage}`] };
  const [images, containers] = await Promise.all([
    docker.listImages({ filters }),
    docker.listContainers({ all: true }),
  ]);
  const used = new Set(containers.map(({ ImageID }) => withoutAlgorithm(ImageID)));
  return images
    .filter(({ Id }) => !used.has(withoutAlgorithm(Id)))
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => repositoryOf(familiarName(tag)) === wanted);
}

/** Podman shows ids without `sha256:`. */
function withoutAlgorithm(id: string): string {
  return id.replace(/^sha256:/, '');
}

/**
 * `docker.io/library/redis:8` → `redis:8`: Podman shows the registry that Docker leaves out, and puts what it builds
 * into `localhost`. https://pkg.go.dev/github.com/distribution/reference#FamiliarString
 */
function familiarName(image: string): string {
  return image.replace(/^(?:(?:index\.)?docker\.io\/(?:library\/)?|localhost\/)/, '');
}

function checkedBuild(
  action: BuildImage,
  built: Answer<unknown>,
  found: Answer<Docker.ImageInspectInfo>,
): Answer<unknown> {
  const { platform } = action;
  if (built.kind !== 'ok') {
    const isOfPlatform = platform !== undefined && built.reason.includes('platform');
    return isOfPlatform ? failed(built.reason, { hint: baseHint(platform) }) : built;
  }
  const other = found.kind === 'ok' ? otherArchitecture(action, found.value) : undefined;
  if (other === undefined || platform === undefined) return thereAfter(built, found);
  return failed(`${other}, not for ${platform}`, { hint: baseHint(platform) });
}

/** The engine may report success although the build failed. */
function thereAfter(done: Answer<unknown>, found: Answer<unknown>): Answer<unknown> {
  if (done.kind !== 'ok' || found.kind === 'ok') return done;
  return failed(`the engine reported no error, but the image is not there (${found.reason})`);
}

async function buildImage(
  docker: Docker,
  { image, stage, context, files, digest, platform }: BuildImage,
  abortSignal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const labels = { [LABEL]: stage, [`${LABEL}.digest`]: digest };
  const options = { t: image, labels, rm: true, abortSignal, ...(platform !== undefined && { platform }) };
  return docker.buildImage(Readable.from(await archive(context, files)), options);
}

/** The classic builder accepts a local base image of any architecture: the result would only fail on Cloud Run. */
function otherArchitecture({ platform }: BuildImage, found: Docker.ImageInspectInfo): string | undefined {
  const is = `${found.Os}/${found.Architecture}`;
  return platform === undefined || is === platform ? undefined : `it is for ${is}`;
}

const baseHint = (platform: string): string =>
  `Have the base image for it here first: docker pull --platform ${platform} node:24-slim   Then run the same command again.`;

/** Folders too, all as a {@link LAYER}: npm installs files with other times and modes. */
async function archive(context: string, names: readonly string[]) {
  const { mtime, folderMode, fileMode } = LAYER;
  const tar = pack();
  for (const path of (await Promise.all(names.map((name) => everythingAt(join(context, name))))).flat()) {
    const name = relative(context, path).replaceAll('\\', '/');
    if ((await stat(path)).isDirectory()) tar.entry({ name, mtime, mode: folderMode, type: 'directory' });
    else tar.entry({ name, mtime, mode: fileMode }, await readFile(path));
  }
  tar.finalize();
  return tar;
}

async function everythingAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  return [path, ...entries.map((entry) => join(path, entry)).sort()];
}
