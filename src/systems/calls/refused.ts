/** Errors of the REST API of Redis Software: https://redis.io/docs/latest/operate/rs/references/rest-api/ */
import * as v from 'valibot';
import { absent, failed, type Answer } from '../../plan/answer.ts';
import { LICENCE_EXPIRED, LICENCE_WORDS, NO_CLUSTER, TRANSIENT } from '../../plan/call.ts';
import type { Reply } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { withoutSecrets } from '../files/secrets.ts';

/** Anything may have responded: a field of another type counts as missing. */
const lenient = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);
const SHORT = v.pipe(
  v.string(),
  v.transform((text) => withoutSecrets(text).slice(0, 500)),
);
const TEXT = lenient(SHORT);
const MESSAGE = v.object({ message: TEXT });
const ERROR = v.fallback(
  v.object({
    // An identifier of the reference: code depends on it, so it is not cleaned for display.
    error_code: lenient(v.pipe(v.string(), v.regex(/^\w{1,60}$/))),
    // Called `description` on the wire and `message` in the documentation (redisctl#1080).
    description: TEXT,
    message: TEXT,
    // In the response to a bootstrap that would fail.
    error_details: lenient(MESSAGE),
    // From a gateway or framework in front of the API: a text, an object, or an RFC 9457 problem.
    error: lenient(v.union([MESSAGE, SHORT])),
    detail: TEXT,
  }),
  {},
);
type ErrorBody = v.InferOutput<typeof ERROR>;

const BOOTSTRAP_FIRST = 'Make a cluster of that node first, with the same options: redisdemo enterprise bootstrap';

const WRONG_LOGIN = (user: string, words: string) => ({
  message: `The user ${user} or its password is wrong (${words}).`,
  hint: 'Give the right ones: --user NAME --password-file FILE',
});
const SMALL_ROLE = (user: string, words: string) => ({
  message: `${user} may not do this: its role is too small (${words}).`,
  hint: 'Give a user with the role of an administrator: --user NAME --password-file FILE',
});

/** The meaning of an error status. Throws a Problem for a refused login. */
export function refused(status: number, text: string, user: string): Answer<Reply> {
  const { error_code: code, description, message, error_details: details, error, detail } = readError(text);
  const said =
    description ?? message ?? details?.message ?? detail ?? (typeof error === 'object' ? error.message : error);
  const words = [`status ${String(status)}`, code && withoutSecrets(code), said].filter(Boolean).join(', ');
  if (status === 404) return absent(words, { status });
  // 403 is also the answer of a cluster whose licence has expired:
  // https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bdbs/#post-status-codes
  const isLicence = status === 403 && new RegExp(LICENCE_WORDS, 'i').test(words);
  if ((status === 401 || status === 403) && !isLicence) {
    throw new Problem('not_permitted', {
      ...(status === 401 ? WRONG_LOGIN : SMALL_ROLE)(user, words),
      details: { status, code: code === undefined ? null : withoutSecrets(code) },
    });
  }
  if (code === NO_CLUSTER) return failed(words, { code, status, hint: BOOTSTRAP_FIRST });
  const known = isLicence ? LICENCE_EXPIRED : (code ?? String(status));
  return failed(words, { transient: TRANSIENT.includes(status), code: known, status });
}

/** While the API starts, a proxy in front of it responds in HTML. */
function readError(text: string): ErrorBody {
  try {
    return v.parse(ERROR, JSON.parse(text));
  } catch {
    const shown = withoutSecrets(text);
    const line = /^\s*</.test(shown) ? /<title>([^<]*)/i.exec(shown)?.[1] : shown.trim().split('\n', 1)[0];
    return { description: line === undefined ? 'no JSON' : line.slice(0, 200) };
  }
}
