import { EnvHttpProxyAgent, request as send } from 'undici';
import { absent, failed, ok } from '../plan/answer.ts';
import type { Http } from '../plan/systems.ts';

/** What the operating system says when nobody can be there to answer. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
const LOOPBACK = 'localhost,127.0.0.1,[::1],::1';

export function httpSystem(): Http {
  // A company's proxy cannot reach this machine's own ports.
  const noProxy = [process.env['NO_PROXY'] ?? process.env['no_proxy'], LOOPBACK].filter(Boolean).join(',');
  const dispatcher = new EnvHttpProxyAgent({ noProxy });
  return {
    send: async ({ method, url, headers = {}, body, timeoutMs }, signal) => {
      try {
        const response = await send(url, {
          dispatcher,
          method,
          headers,
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
        return failed(name === 'TimeoutError' ? `no answer within ${String(timeoutMs)} ms` : message);
      }
    },
  };
}
