/** The recorded answers of the original service: sent again, and compared. The format: shared/fastapi/README.md. */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../service/src/text/json.ts';

type Body = string | { readonly base64: string } | { readonly repeat: Repeat };

interface Repeat {
  readonly prefix: string;
  readonly unit: string;
  readonly count: number;
  readonly suffix: string;
}

/** What to send, exactly: no header is added but host, connection and content-length. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
}

export interface Step extends Request {
  /** Takes the place of the comparison of bodies. */
  readonly bodyCheck?: { readonly contains: readonly string[] };
  readonly expect: Expectation;
}

interface Expectation {
  readonly status: number;
  readonly contentType: string | null;
  /** JSON as it was sent. The parsed form beside it in the file has lost digits. */
  readonly raw?: string;
  /** What was sent instead of JSON. */
  readonly text?: string;
  readonly location?: string;
  readonly allow?: readonly string[];
}

export interface Case {
  readonly id: string;
  readonly category: string;
  readonly steps: readonly Step[];
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  readonly allow: readonly string[];
  readonly text: string;
}

/** The store has to be empty, and the service freshly started, before they are sent. */
export function readCases(file: URL): readonly Case[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Case);
}

/** One connection a request, path and headers as they are. */
export function send(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  const { hostname, port, origin } = new URL(url);
  const bytes = body === undefined ? undefined : bytesOf(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      method,
      path,
      agent: false,
      headers: { ...headers, ...(bytes && { 'content-length': bytes.length }) },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          contentType: mediaType(response.headers['content-type']),
          location: response.headers.location?.replace(origin, '{base}'),
          allow: response.headers.allow?.split(/\s*,\s*/) ?? [],
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    sent.end(bytes);
  });
}

/** In what an answer differs from the recorded one; nothing when it does not. */
export function differences({ expect, bodyCheck }: Step, answer: Answer): string[] {
  const allowed = expect.allow?.every((method) => answer.allow.includes(method)) ?? answer.allow.length === 0;
  return [
    ...(answer.status === expect.status ? [] : [`status ${String(answer.status)}, not ${String(expect.status)}`]),
    ...(answer.contentType === mediaType(expect.contentType) ? [] : [`content type ${answer.contentType}`]),
    ...(answer.location === expect.location ? [] : [`location ${String(answer.location)}`]),
    // The true list may be longer than the recorded one.
    ...(allowed ? [] : [`allow ${answer.allow.join(', ')}`]),
    ...(sameBody(expect, bodyCheck?.contains, answer.text) ? [] : [`body ${answer.text.slice(0, 200)}`]),
  ];
}

function sameBody({ raw, text }: Expectation, contains: readonly string[] | undefined, body: string): boolean {
  if (contains) return contains.every((part) => body.includes(part));
  return raw === undefined ? body === (text ?? '') : sameJson(raw, body);
}

/** Integers of any size are compared digit by digit, and 42 is not 42.0. */
function sameJson(wanted: string, got: string): boolean {
  try {
    return isDeepStrictEqual(parseJson(got), parseJson(wanted));
  } catch {
    return false;
  }
}

function bytesOf(body: Body): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if ('base64' in body) return Buffer.from(body.base64, 'base64');
  const { prefix, unit, count, suffix } = body.repeat;
  return Buffer.from(prefix + unit.repeat(count) + suffix);
}

function mediaType(contentType: string | null | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
