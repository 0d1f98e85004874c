/** What `docker push` leaves in a registry, from a folder with a Dockerfile. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ArtifactRegistry } from './artifact-registry.ts';
import { buildImage } from './image-build.ts';
import type { SourceFile } from './source-archive.ts';

async function readFolder(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => ({ path: relative(folder, file), content: await readFile(file) })));
}

interface Destination {
  readonly dir: string;
  readonly registry: ArtifactRegistry;
  readonly architecture: string;
}

export async function push(reference: string, folder: string, destination: Destination): Promise<void> {
  const { dir, registry, architecture } = destination;
  const [, name = '', tag = 'latest'] = /^([^:]+)(?::(.+))?$/.exec(reference) ?? [];
  const files = await readFolder(folder);
  const content = await buildImage(files, await mkdtemp(join(dir, 'image-')));
  const hash = createHash('sha256').update(reference).update(architecture);
  for (const { path, content: bytes } of files) hash.update(path).update(bytes);
  registry.push({ name, digest: `sha256:${hash.digest('hex')}`, tags: [tag], architecture, content });
}
