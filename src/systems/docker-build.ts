import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { LABEL, type BuildImage } from '../plan/action.ts';

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

/** Built ourselves, so that the same content gives the same layer: the files' own times, but no owner and one mode. */
async function archive(context: string, names: readonly string[]) {
  const tar = pack();
  for (const path of (await Promise.all(names.map((name) => filesAt(join(context, name))))).flat()) {
    const { mtime } = await stat(path);
    const name = relative(context, path).replaceAll('\\', '/');
    tar.entry({ name, mtime, mode: 0o644 }, await readFile(path));
  }
  tar.finalize();
  return tar;
}

async function filesAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
