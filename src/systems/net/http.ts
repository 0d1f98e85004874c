/** All HTTP requests of the CLI go through here. Redirects are returned, not followed. */
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import type { Http, HttpRequest, HttpResponse } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { environmentProxy, readProxy, type Proxy } from './proxy.ts';
import { without } from '../files/secrets.ts';
import { isDistrust, tlsOptions, VERIFIED, type TlsOptions } from './tls.ts';

/** Codes of the operating system when nothing can be listening. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
const LIMIT_BYTES = 8 * 1024 * 1024;

export function httpSystem(env: NodeJS.ProcessEnv = process.env): Http {
  const kept = new Map<string, Dispatcher>();
  const usual = (proxy: Proxy | undefined): Dispatcher => {
    const name = JSON.stringify(proxy ?? null);
    const dispatcher = kept.get(name) ?? dispatcherThrough(proxy, VERIFIED);
    kept.set(name, dispatcher);
    return dispatcher;
  };
  return {
    send: async (request, signal) => {
      const { trust } = request;
      const url = new URL(request.url);
      const proxy = proxyOf(request, url, env);
      // Not kept: the next request may trust another certificate.
      const own = trust && url.protocol === 'https:' ? dispatcherThrough(proxy, await tlsOptions(trust)) : undefined;
      try {
        const answer = withoutEcho(await exchange(own ?? usual(proxy), request, signal), request, proxy);
        if (proxy && answer.kind === 'ok' && answer.value.status === 407) throw new Error('status 407');
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        return refusal(error as NodeJS.ErrnoException, request, proxy);
      } finally {
        await own?.destroy();
      }
    },
  };
}

function proxyOf({ proxy }: HttpRequest, url: URL, env: NodeJS.ProcessEnv): Proxy | undefined {
  if (proxy === 'none') return undefined;
  return proxy === undefined ? environmentProxy(url, env) : readProxy(proxy.url, proxy.source);
}

function dispatcherThrough(proxy: Proxy | undefined, tls: TlsOptions): Dispatcher {
  if (!proxy) return new Agent({ connect: tls });
  const { url, login } = proxy;
  const words = login && basicWords(login);
  return new ProxyAgent({
    uri: url,
    ...(words !== undefined && { token: `Basic ${words}` }),
    // Of a SOCKS proxy.
    ...(login && { username: login.user, password: login.password }),
    requestTls: tls,
    // undici would speak TLS to a SOCKS proxy that has such options.
    ...(url.startsWith('https:') && { proxyTls: VERIFIED }),
    // Like curl, only https uses a tunnel. Many proxies refuse CONNECT to other ports than 443.
    proxyTunnel: false,
  });
}

async function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body, timeoutMs, limitBytes = LIMIT_BYTES }: HttpRequest,
  signal: AbortSignal,
): Promise<Answer<HttpResponse>> {
  const { origin, pathname, search } = new URL(url);
  const response = await dispatcher.request({
    origin,
    path: `${pathname}${search}`,
    method,
    // A copy: undici's ProxyAgent writes the host of this request into it.
    headers: { ...headers },
    body: body ?? null,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limitBytes) return failed(`the answer is larger than ${sizeOf(limitBytes)}`, { code: 'too_large' });
    chunks.push(chunk);
  }
  return ok({
    status: response.statusCode,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text: Buffer.concat(chunks).toString(),
  });
}

/** A server that echoes the authorization must not get it onto a screen. */
function withoutEcho(answer: Answer<HttpResponse>, { headers = {} }: HttpRequest, proxy?: Proxy): Answer<HttpResponse> {
  if (answer.kind !== 'ok') return answer;
  const [, token] = /^\S+ (.+)$/.exec(headers['authorization'] ?? '') ?? [];
  const login = proxy?.login && basicWords(proxy.login);
  const sent = [token, login].filter((value) => value !== undefined);
  if (sent.length === 0) return answer;
  const { status, headers: received, text } = answer.value;
  const shown = Object.entries(received).map(([name, value]) => [name, without(sent, value)]);
  return ok({ status, headers: Object.fromEntries(shown) as HttpResponse['headers'], text: without(sent, text) });
}

function basicWords({ user, password }: NonNullable<Proxy['login']>): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

function sizeOf(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${String(bytes / 1024 ** 2)} MiB` : `${String(bytes)} bytes`;
}

function refusal(
  { code, message, name }: NodeJS.ErrnoException,
  { timeoutMs }: HttpRequest,
  proxy: Proxy | undefined,
): Answer<never> {
  // In the messages of this file and of undici: a port can have these digits too.
  if (proxy && /\bstatus 407$|\(407\)/.test(message)) throw loginRefused(proxy);
  const words = name === 'TimeoutError' ? `no answer within ${String(timeoutMs)} ms` : message || String(code);
  const reason = proxy ? `${words} (through the proxy ${proxy.url}, from ${proxy.source})` : words;
  if (isDistrust({ name, message, code })) return failed(`not trusted: ${reason}`, { code: 'not_trusted' });
  // A missing proxy says nothing about the server behind it.
  return NOBODY.has(code) && !proxy ? absent(reason) : failed(reason);
}

function loginRefused({ url, source }: Proxy): Problem {
  return new Problem('bad_setting', {
    message: `The proxy ${url} (from ${source}) refused the user or the password (407).`,
    hint: `Set both in ${source}: http://USER:PASSWORD@HOST:PORT, percent-encoded where they have "/", "?", "#" or "@".`,
  });
}
