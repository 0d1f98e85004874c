/** Parses addresses of Docker engines like docker/cli: opts/hosts.go and cli/connhelper/ssh. */

export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: Tls }
  /** `host`: as in `~/.ssh/config`. `args`: all arguments of ssh. */
  | { readonly kind: 'ssh'; readonly host: string; readonly args: readonly string[] };

/** PEM, under the names of node:tls. */
export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
const DEFAULT_PIPE = '//./pipe/docker_engine';
const DEFAULT_PORT = 2375;

export function parseAddress(url: string, tls?: Tls): Address | string {
  // Not new URL(): that would decode the path of a socket, and swallow the dot in the name of a pipe.
  const [, scheme = 'tcp', rest = ''] = /^(?:([\w+-]*):\/\/)?(.*)$/s.exec(url) ?? [];
  switch (scheme) {
    case 'unix':
      return { kind: 'socket', path: rest === '' ? DEFAULT_SOCKET : rest };
    case 'npipe':
      return { kind: 'socket', path: (rest === '' ? DEFAULT_PIPE : rest).replaceAll('/', '\\') };
    case 'tcp':
    case 'http':
      return tcpAddress(rest, tls);
    case 'https':
      return tcpAddress(rest, tls ?? { rejectUnauthorized: true });
    case 'ssh':
      return sshAddress(url);
    default:
      return `unsupported scheme "${scheme}"`;
  }
}

function tcpAddress(rest: string, tls: Tls | undefined): Address | string {
  const parts = `http://${rest.startsWith(':') || rest === '' ? 'localhost' : ''}${rest}`;
  if (!URL.canParse(parts)) return 'no host and port';
  const { hostname, pathname } = new URL(parts);
  if (pathname !== '/') return 'a path after the host is not supported';
  // URL leaves out port 80, HTTP's default.
  const port = /:(\d+)\/?$/.exec(rest)?.[1] ?? DEFAULT_PORT;
  return { kind: 'tcp', host: unbracketed(hostname), port: Number(port), ...(tls && { tls }) };
}

function sshAddress(url: string): Address | string {
  if (!URL.canParse(url)) return 'no host';
  const { hostname, port, username, password, pathname } = new URL(url);
  if (hostname === '') return 'no host';
  if (password !== '') return 'a password in it is not supported';
  const [user, path] = [decoded(username), decoded(pathname)];
  if (user === undefined || path === undefined) return 'a % in it is not followed by two hexadecimal digits of UTF-8';
  const options = [...(user ? ['-l', user] : []), ...(port ? ['-p', port] : [])];
  const socket = path === '' || path === '/' ? [] : ['--host', `unix://${path}`];
  const command = ['docker', ...socket, 'system', 'dial-stdio'];
  const host = unbracketed(hostname);
  return { kind: 'ssh', host, args: ['-o', 'ConnectTimeout=30', '-T', ...options, '--', host, ...command] };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
