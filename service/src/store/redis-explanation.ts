/** Why Redis cannot be used, in words that say what to change. */
import { oddities } from '../text/secret-value.ts';
import type { RedisSettings } from '../settings.ts';
import { isAnswer } from './redis-client.ts';
import { listenerMismatch } from './redis-listener.ts';

/** How long an explanation is reused: connections are tried twice a second. */
const KEEP_MS = 10_000;
/** These name the cause: nothing listens, no such name, no way there, a certificate that is not trusted. */
const CLEAR = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$|CERT|ALTNAME|UNABLE_TO/;

/** @param error undefined when nothing has failed but no reply has come: then there may be no reason */
export type Explain = (error: Error | undefined) => Promise<string | undefined>;

export function explainer(settings: RedisSettings): Explain {
  let mismatch: Promise<string | undefined> | undefined;
  const lookOnce = (): Promise<string | undefined> => {
    if (mismatch === undefined) {
      mismatch = listenerMismatch(settings);
      setTimeout(() => (mismatch = undefined), KEEP_MS).unref();
    }
    return mismatch;
  };
  return async (error) => {
    if (error !== undefined && isAnswer(error)) return aboutLogin(error.message, settings);
    const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
    if (CLEAR.test(code)) return error?.message;
    return (
      (await lookOnce()) ?? (isGarbled(error) ? 'what listens there does not speak as Redis does' : error?.message)
    );
  };
}

/** Says what is odd about the password, never what it is. */
function aboutLogin(message: string, { password }: RedisSettings): string {
  if (!/^(?:WRONGPASS|ERR invalid password)/.test(message)) return message;
  const odd = oddities(password?.() ?? '');
  return odd.length === 0
    ? message
    : `${message} About the password in REDISPASS or REDISPASS_FILE: ${odd.join('; ')}.`;
}

/** redis-parser's words for an unreadable reply. */
function isGarbled(error: Error | undefined): boolean {
  return /^Protocol error|Please report this/.test(error?.message ?? '');
}
