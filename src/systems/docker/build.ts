import { LAYER } from '../../plan/layer.ts';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { LABEL, type BuildImage } from '../../plan/action.ts';

/** Sends the files to the engine and starts the build; its progress comes as a stream. */
export async function buildImage(
  docker: Docker,
  { image, stage, context, files, digest, platform }: BuildImage,
  abortSignal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const labels = { [LABEL]: stage, [`${LABEL}.digest`]: digest };
  const options = { t: image, labels, rm: true, abortSignal, ...(platform !== undefined && { platform }) };
  return docker.buildImage(Readable.from(await archive(context, files)), options);
}

/**
 * The classic builder takes a base image that is here for one that fits, whatever its architecture, and its result is
 * of that one: on Cloud Run it would only fail to start.
 */
export function otherArchitecture({ platform }: BuildImage, found: Docker.ImageInspectInfo): string | undefined {
  const { Os, Architecture } = found;
  const is = `${Os}/${Architecture}`;
  return platform === undefined || is === platform ? undefined : `it is for ${is}`;
}

export const baseHint = (platform: string): string =>
  `Have the base image for it here first: docker pull --platform ${platform} node:24-slim   Then run the same command again.`;

/** Folders too, all as a {@link LAYER}: what npm installed has the times and modes of that moment. */
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
