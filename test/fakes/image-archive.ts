/**
 * Container images without a registry and without a build: layers, configuration, and the archive that `docker load`
 * reads. Sources: the OCI image specification (config.md: architecture, config, rootfs.diff_ids) and the Docker image
 * specification v1.2 (manifest.json of `docker save`). Engines keep layers by digest: a shared one is stored once.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { tar, type Entry } from './tar.ts';

export interface Layer {
  readonly content: Buffer;
  /** `sha256:…` */
  readonly digest: string;
}

/** With the names of the Docker image specification. Durations are nanoseconds. */
export interface Configuration {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Healthcheck?: { readonly Test: readonly string[]; readonly Interval: number; readonly Retries: number };
}

export interface Image {
  /** `name:tag` */
  readonly names: readonly string[];
  readonly layers: readonly Layer[];
  readonly configuration: Configuration;
  /** As Docker calls it; without it this machine's. */
  readonly architecture?: string;
}

const CREATED = '2026-01-01T00:00:00Z';
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

export async function makeLayer(entries: readonly Entry[]): Promise<Layer> {
  const content = await buffer(tar(entries));
  return { content, digest: digestOf(content) };
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The image's configuration as JSON; its digest is the image's id. */
export function describeImage({ layers, configuration, architecture = ARCHITECTURE }: Image): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: CREATED,
      config: configuration,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      history: layers.map(() => ({ created: CREATED, created_by: 'stand-in' })),
    }),
  );
}

/** A stream, because the archive can be large. */
export function archiveImages(images: readonly Image[]): Readable {
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [layer.digest, layer] as const)));
  const manifest = images.map((image) => {
    const description = describeImage(image);
    return { image, description, Config: `${digestOf(description).slice('sha256:'.length)}.json` };
  });
  const entries = manifest.map(({ image, Config }) => ({
    Config,
    RepoTags: image.names,
    Layers: image.layers.map(({ digest }) => fileOf(digest)),
  }));
  const archive = tar([
    ...[...layers.values()].map(({ digest, content }) => ({ path: fileOf(digest), content })),
    ...manifest.map(({ description, Config }) => ({ path: Config, content: description })),
    { path: 'manifest.json', content: JSON.stringify(entries) },
  ]);
  return Readable.from(archive);
}

function fileOf(digest: string): string {
  return `${digest.slice('sha256:'.length)}.tar`;
}
