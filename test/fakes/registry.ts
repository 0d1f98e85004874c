/**
 * A registry that one image can be pulled from, under any name: `${host}/any/name:tag`.
 *
 * Where each belief comes from:
 * - routes, error bodies and codes (MANIFEST_UNKNOWN, TOOMANYREQUESTS, UNAUTHORIZED, DENIED): OCI distribution
 *   specification 1.1, "Pull" and "Error Codes".
 * - manifest and media types: Docker image manifest version 2, schema 2 (distribution/distribution, docs/spec). A layer
 *   may be an uncompressed tar.
 * - the rest of a blob may be asked for with Range, as engines do after a cut: the same, "Pull"; RFC 9110, 14.
 * - 401 names a way to log in, here Basic: distribution/distribution, docs/spec/auth; RFC 9110, 11.6.1.
 * - 429 is what Docker Hub answers beyond its pull limit, in these words: docs.docker.com, "Docker Hub pull usage".
 * - dockerd speaks plain HTTP with a registry on 127.0.0.0/8: `docker info`, "Insecure Registries".
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describeImage, digestOf, makeLayer, type Image } from './image-archive.ts';

/** `lost-layer`: the last layer is not there, all others are. */
export type RegistryFault = 'unknown' | 'denied' | 'unauthorized' | 'too-many-requests' | 'lost-layer' | Cut;

/** An answer with a blob breaks off behind so many bytes. The engine asks once more for the rest, after 5 s. */
export interface Cut {
  readonly cutAfter: number;
}

export interface RegistryOptions {
  readonly fault?: RegistryFault;
  /** For each layer; without it as fast as it goes. */
  readonly bytesPerSecond?: number;
  /** Behind so many bytes a layer comes in drops, and will never be whole. */
  readonly dripAfter?: number;
}

export interface Registry {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `GET /v2/…` */
  readonly requests: readonly string[];
  /** How many layers somebody waits for. */
  readonly sending: () => number;
  readonly behave: (options: RegistryOptions) => void;
  readonly stop: () => Promise<void>;
}

interface Content {
  readonly manifest: Buffer;
  /** Layers and configuration, by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly lastLayer: string | undefined;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const TYPES = 'application/vnd.docker';
const MANIFEST = `${TYPES}.distribution.manifest.v2+json`;
const CHUNK = 32 * 1024;
const DRIP_MS = 100;
const REFUSALS: Readonly<Record<Exclude<RegistryFault, Cut>, Refusal>> = {
  unknown: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' },
  denied: { status: 403, code: 'DENIED', message: 'requested access to the resource is denied' },
  unauthorized: { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' },
  'lost-layer': { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' },
  'too-many-requests': {
    status: 429,
    code: 'TOOMANYREQUESTS',
    message: 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  },
};

/** An image that says nothing and runs nothing, of layers that no compression makes smaller. */
export async function ballast(layers: number, bytesEach: number): Promise<Image> {
  const entries = Array.from({ length: layers }, (_, at) => [
    { path: `ballast-${String(at)}`, content: randomBytes(bytesEach) },
  ]);
  return { names: [], layers: await Promise.all(entries.map(makeLayer)), configuration: { Cmd: ['/ballast-0'] } };
}

export async function startRegistry(image: Image, first: RegistryOptions = {}): Promise<Registry> {
  const requests: string[] = [];
  const sending = new Set<ServerResponse>();
  const content = contentOf(image);
  let options = first;
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (request.url?.includes('/blobs/') === true) sending.add(response);
    response.on('close', () => sending.delete(response));
    void answer(request, response, content, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    sending: () => sending.size,
    behave: (next) => {
      options = next;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function contentOf(image: Image): Content {
  const description = describeImage(image);
  const layers = image.layers.map(({ digest, content }) => [digest, content] as const);
  return {
    manifest: manifestOf(image, description),
    blobs: new Map([...layers, [digestOf(description), description]]),
    lastLayer: image.layers.at(-1)?.digest,
  };
}

function manifestOf({ layers }: Image, description: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: {
        mediaType: `${TYPES}.container.image.v1+json`,
        size: description.length,
        digest: digestOf(description),
      },
      layers: layers.map(({ content, digest }) => ({
        mediaType: `${TYPES}.image.rootfs.diff.tar`,
        size: content.length,
        digest,
      })),
    }),
  );
}

async function answer(
  { url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { manifest, blobs, lastLayer }: Content,
  options: RegistryOptions,
): Promise<void> {
  const { fault } = options;
  const [, kind, reference = ''] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
  const blob = kind === 'blobs' ? blobs.get(reference) : undefined;
  if (typeof fault === 'string' && isRefused(fault, kind, reference === lastLayer)) {
    refuse(response, REFUSALS[fault]);
  } else if (kind === 'manifests') {
    response.setHeader('docker-content-digest', digestOf(manifest));
    response.writeHead(200, { 'content-type': MANIFEST, 'content-length': manifest.length }).end(manifest);
  } else if (blob !== undefined) {
    await sendBlob(response, blob, Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0), options);
  } else {
    response.writeHead(kind === undefined ? 200 : 404).end('{}');
  }
}

function isRefused(fault: Exclude<RegistryFault, Cut>, kind: string | undefined, isLastLayer: boolean): boolean {
  if (fault === 'unauthorized') return true;
  return fault === 'lost-layer' ? isLastLayer : kind === 'manifests';
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="registry"');
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

async function sendBlob(
  response: ServerResponse,
  blob: Buffer,
  from: number,
  { fault, bytesPerSecond, dripAfter = Infinity }: RegistryOptions,
): Promise<void> {
  const end = typeof fault === 'object' ? Math.min(fault.cutAfter, blob.length) : blob.length;
  const range = `bytes ${String(from)}-${String(blob.length - 1)}/${String(blob.length)}`;
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': blob.length - from,
    ...(from > 0 && { 'content-range': range }),
  });
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = from, chunk; at < end; at += chunk.length) {
      const drips = at >= dripAfter;
      chunk = blob.subarray(at, Math.min(at + (drips ? 1 : CHUNK), end));
      yield chunk;
      if (drips) await pause(DRIP_MS);
      else if (bytesPerSecond !== undefined) await pause((chunk.length / bytesPerSecond) * 1000);
    }
  };
  // The engine may be killed, or give up one layer when another one fails.
  await pipeline(chunks, response, { end: false }).catch(() => undefined);
  if (end < blob.length) response.destroy();
  else response.end();
}
