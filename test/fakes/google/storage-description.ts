/** Objects as Cloud Storage answers them: cloud.google.com/storage/docs/json_api/v1/objects#resource; RFC 9110, 14. */
import { createHash } from 'node:crypto';
import { jsonReply, Reply, type Json, type RoutedCall } from './exchange.ts';
import type { StoredObject } from './storage.ts';

export function describe({ bucket, name, generation, content, created }: StoredObject): Json {
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation,
    metageneration: '1',
    contentType: 'application/octet-stream',
    timeCreated: created,
    updated: created,
    storageClass: 'STANDARD',
    size: String(content.length),
    md5Hash: createHash('md5').update(content).digest('base64'),
    mediaLink: `https://storage.googleapis.com/download/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`,
  };
}

export function sendRange({ content }: StoredObject, { headers }: RoutedCall): Reply {
  const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
  const type = { 'content-type': 'application/octet-stream' };
  if (start === 0) return new Reply(200, type, content);
  if (start >= content.length) return jsonReply({}, 416);
  const range = `bytes ${String(start)}-${String(content.length - 1)}/${String(content.length)}`;
  return new Reply(206, { ...type, 'content-range': range }, content.subarray(start));
}
