/** What a service that was just started says of itself. */
import { absent, ok, type Answer } from '../plan/answer.ts';
import type { Systems } from '../plan/systems.ts';
import { Problem } from '../problem.ts';

const TIMEOUT_MS = 2000;
/** What no wait mends. */
const REFUSED = /\b(?:WRONGPASS|NOAUTH|NOPERM)\b/;

/** `absent` with the reason while it cannot work. Throws a Problem when its Redis refuses who it is. */
export async function askHealth(url: string, { http }: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const answer = await http.send({ method: 'GET', url: `${url}/health`, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  if (answer.value.status === 200) return ok(undefined);
  const detail = detailOf(answer.value.text);
  if (!REFUSED.test(detail)) return absent(detail);
  throw new Problem('not_permitted', {
    message: `The service runs at ${url}, and its Redis refuses it: ${detail}`,
    hint: 'Give the right user and password: --redis-user NAME, and REDISPASS or --redis-password-file FILE',
  });
}

function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { readonly detail?: string }).detail ?? text;
  } catch {
    return text;
  }
}

/** The last lines of one that has ended. Throws a Problem when they say what is missing. */
export function assertJsonModule(lines: string): void {
  if (!lines.includes('no JSON module')) return;
  throw new Problem('json_module_missing', {
    message: 'The service has ended: its Redis has no JSON module (RedisJSON).',
    hint: 'Take redis:8, redis/redis-stack, or a database with JSON among its modules.',
  });
}
