/** Paths as the original's server and router treat them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from './answers.ts';

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;
/** What encodeURIComponent escapes of "$&+,/:;=@[]". */
const PLAIN_IN_PATHS = /%(?:2[46BCF]|3[ABD]|40|5[BD])/g;
/** Tried once for each run of slashes, and not again at each of its slashes. */
const SLASHES_AT_END = /(?<!\/)\/+$/;
/** A target in absolute form, as clients of proxies send it: RFC 9112, section 3.2.2. */
const ORIGIN = /^https?:\/\/[^/?#]*\/?/i;

/** Decodes before routing, as ASGI servers do: an encoded slash separates segments, invalid UTF-8 becomes U+FFFD. */
export function decodePath(target: string): string {
  const url = target.startsWith('/') ? target : target.replace(ORIGIN, '/');
  const query = url.search(/[?#]/);
  const path = query < 0 ? url : url.slice(0, query);
  if (!path.includes('%')) return url;
  const decoded = path.replace(ESCAPES, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
  return encodePath(decoded) + (query < 0 ? '' : url.slice(query));
}

/** Only what a path cannot hold as it is: RFC 3986, section 3.3; and as Starlette writes a Location. */
function encodePath(path: string): string {
  return encodeURIComponent(path).replace(PLAIN_IN_PATHS, decodeURIComponent);
}

/** Answers what no route takes: 405 with the methods of the path, 307 from a trailing slash, else 404. */
export function handleUnrouted(app: FastifyInstance): void {
  const methods = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methods.set(url, [...(methods.get(url) ?? []), ...[method].flat()]);
  });
  const methodsAt = (path: string): string[] | undefined =>
    [...methods].find(([pattern]) => matches(pattern, path))?.[1];

  app.setNotFoundHandler((request, reply) => {
    const [path = '', ...rest] = request.url.split('?');
    const query = rest.join('?');
    const allowed = methodsAt(path);
    if (allowed) return refuse(reply.header('allow', allowed.join(', ')), 405, 'Method Not Allowed');
    const bare = path.replace(SLASHES_AT_END, '');
    if (bare !== path && methodsAt(bare)) {
      return reply.redirect(origin(request) + encodePath(decodeURIComponent(bare)) + (query ? `?${query}` : ''), 307);
    }
    return refuse(reply, 404, 'Not Found');
  });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const segments = path.split('/');
  return (
    wanted.length === segments.length &&
    wanted.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
  );
}

/** As the client sees it: a proxy in front can end TLS (Cloud Run's does), and each one adds its protocol behind the others. */
function origin({ headers }: FastifyRequest): string {
  if (headers.host === undefined) return '';
  const [first = ''] = String(headers['x-forwarded-proto'] ?? '').split(',', 1);
  return `${first.trim().toLowerCase() === 'https' ? 'https' : 'http'}://${headers.host}`;
}
