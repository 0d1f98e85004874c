/**
 * The rules are curl's (https://everything.curl.dev/usingcurl/proxies/env.html), with two additions from other clients:
 * HTTP_PROXY in capitals, as in Go and Python, and `host:port` in NO_PROXY.
 */
import { BlockList, isIP } from 'node:net';
import { Problem } from '../../problem.ts';

export interface Proxy {
  /** Without user and password. */
  readonly url: string;
  /** The variable or setting, for messages: `HTTPS_PROXY`. */
  readonly source: string;
  readonly login?: { readonly user: string; readonly password: string };
}

type Environment = Readonly<Record<string, string | undefined>>;

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

const THIS_MACHINE = new BlockList();
THIS_MACHINE.addSubnet('127.0.0.0', 8, 'ipv4');
THIS_MACHINE.addAddress('0.0.0.0', 'ipv4');
THIS_MACHINE.addAddress('::1', 'ipv6');
THIS_MACHINE.addAddress('::', 'ipv6');

/** An empty variable counts as not set. Throws a Problem when the proxy cannot be used. */
export function environmentProxy(url: URL, env: Environment): Proxy | undefined {
  if (isThisMachine(url)) return undefined;
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const source = variablesFor(url.protocol, env).find((name) => set[name] !== undefined);
  if (source === undefined || isExempt(url, set['no_proxy'] ?? set['NO_PROXY'] ?? '')) return undefined;
  return readProxy(set[source] ?? '', source);
}

/** Like curl: lower case first, and ALL_PROXY last. A CGI server sets HTTP_PROXY from a header of the request. */
function variablesFor(protocol: string, env: Environment): readonly string[] {
  const ofScheme = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const inCapitals = protocol === 'http:' && env['REQUEST_METHOD'] === undefined ? ['HTTP_PROXY'] : [];
  return [...ofScheme, ...inCapitals, 'all_proxy', 'ALL_PROXY'];
}

/** @param source the variable, for messages: the value can hold a password and is not shown */
export function readProxy(value: string, source: string): Proxy {
  const text = value.trim();
  // Like curl: without a scheme it is an HTTP proxy.
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw unusable(source, 'it is not a URL');
  const { protocol, username, password, host, pathname, search, hash } = new URL(full);
  if (!SCHEMES.has(protocol)) throw unusable(source, `unsupported scheme "${protocol.slice(0, -1)}"`);
  if (host === '') throw unusable(source, 'it names no host');
  // A "/", "?" or "#" in a password ends the host: the rest would be lost silently.
  if ((pathname !== '' && pathname !== '/') || search !== '' || hash !== '') {
    throw unusable(source, 'nothing can follow the host and port (percent-encode "/", "?" and "#" in a password)');
  }
  const url = `${protocol === 'socks5h:' ? 'socks5:' : protocol}//${host}`;
  if (username === '' && password === '') return { url, source };
  return { url, source, login: { user: decoded(username), password: decoded(password) } };
}

/** Like curl: a "%" without two digits stays as it is. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
}

function unusable(source: string, reason: string): Problem {
  return new Problem('bad_setting', {
    message: `${source} is not a proxy that redisdemo can use: ${reason}.`,
    hint: `Set ${source} to a URL like http://proxy.example.com:3128, or unset it.`,
    details: { setting: source },
  });
}

/** A URL's host without brackets, final dot and port. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isThisMachine(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || isAmong(THIS_MACHINE, host);
}

function isAmong(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** `*`, names with all names below them, addresses, and networks such as 10.0.0.0/8 (curl 7.86 and later). */
function isExempt(url: URL, noProxy: string): boolean {
  const host = hostOf(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || isNetworkOf(entry, host) || isNameOf(entry, host, port));
}

function isNetworkOf(entry: string, host: string): boolean {
  const [, address = '', bits] = /^\[?([\da-f.:]+)\]?(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  if (version === 0 || Number(bits ?? longest) > longest) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? longest), version === 4 ? 'ipv4' : 'ipv6');
  return isAmong(list, host);
}

function isNameOf(entry: string, host: string, port: string): boolean {
  const [, name = '', onlyPort = port] = /^\*?\.?(.*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
  const bare = name.replace(/^\[|\]$/g, '');
  return bare !== '' && onlyPort === port && (host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`)));
}
