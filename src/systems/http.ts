import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { absent, failed, ok } from '../plan/answer.ts';
import type { Trust } from '../plan/call.ts';
import type { Http } from '../plan/systems.ts';
import { isDistrust, tlsOptions } from './tls.ts';

/** What the operating system says when nobody can be there to answer. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
const LOOPBACK = 'localhost,127.0.0.1,[::1],::1';

export function httpSystem(): Http {
  // A company's proxy cannot reach this machine's own ports.
  const noProxy = [process.env['NO_PROXY'] ?? process.env['no_proxy'], LOOPBACK].filter(Boolean).join(',');
  const usual = new EnvHttpProxyAgent({ noProxy });
  return {
    send: async ({ method, url, headers = {}, body, timeoutMs, trust }, signal) => {
      let own: Dispatcher | undefined;
      try {
        if (trust && url.startsWith('https:')) own = await trusting(trust, noProxy);
        const { origin, pathname, search } = new URL(url);
        const response = await (own ?? usual).request({
          origin,
          path: `${pathname}${search}`,
          method,
          // A copy: undici's ProxyAgent writes the host of this request into it.
          headers: { ...headers },
          body: body ?? null,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        return ok({
          status: response.statusCode,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          text: await response.body.text(),
        });
      } catch (error) {
        signal.throwIfAborted();
        const { code, message, name } = error as NodeJS.ErrnoException;
        if (NOBODY.has(code)) return absent(message || String(code));
        if (isDistrust(error as NodeJS.ErrnoException))
          return failed(`not trusted: ${message}`, { code: 'not_trusted' });
        return failed(name === 'TimeoutError' ? `no answer within ${String(timeoutMs)} ms` : message);
      } finally {
        await own?.destroy();
      }
    },
  };
}

/** For one request: what is trusted may be another the next time. */
async function trusting(trust: Trust, noProxy: string): Promise<Dispatcher> {
  const connect = await tlsOptions(trust);
  return new EnvHttpProxyAgent({ noProxy, connect, requestTls: connect });
}
