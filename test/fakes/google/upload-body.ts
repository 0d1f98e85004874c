/** The name and the content of an upload. Source: cloud.google.com/storage/docs/json_api/v1/objects/insert; RFC 2387. */
import type { Json, RoutedCall } from './exchange.ts';

/** Apitools quotes the boundary with single quotes. The name may be in the query or in the metadata, and the content behind the metadata in one multipart body. */
export function uploaded({ query, headers, body, json }: RoutedCall): { name: string; content: Buffer } {
  const type = headers['content-type'] ?? '';
  const boundary = /boundary=["']?([^"';]+)/.exec(type)?.[1];
  const [metadata, content] = boundary === undefined ? [json, body] : splitParts(body, boundary);
  return { name: query.get('name') ?? String(metadata['name']), content };
}

function splitParts(body: Buffer, boundary: string): [Json, Buffer] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  for (let at = body.indexOf(mark); at !== -1;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next !== -1) parts.push(behindHeaders(body.subarray(at + mark.length, next)));
    at = next;
  }
  return [JSON.parse(parts[0]?.toString() ?? '{}') as Json, parts[1] ?? Buffer.alloc(0)];
}

/** Lines end in `\n` or `\r\n`: Python's email generator, which gcloud uses, writes the former. */
function behindHeaders(part: Buffer): Buffer {
  const text = part.toString('latin1');
  const [gap = ''] = /\r?\n\r?\n/.exec(text) ?? [];
  const end = text.endsWith('\r\n') ? 2 : 1;
  return part.subarray(text.indexOf(gap) + gap.length, part.length - end);
}
