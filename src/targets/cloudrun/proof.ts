/** The smoke test against a service of Cloud Run, with an identity token where it is private. */
import { absent, ok, type Answer } from '../../plan/answer.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import type { Connection } from '../../connection.ts';
import { Problem } from '../../problem.ts';
import { smoke, type SmokeReport } from '../../smoke/smoke.ts';
import { gcloudText } from './gcloud.ts';
import { firstSentence } from './google-api.ts';

export interface Proof {
  /** Where it is called: perhaps that of a tag. */
  readonly url: string;
  /** For whom the token is: the service's own URL, also for a tag. */
  readonly audience: string;
  readonly private: boolean;
  readonly connection: Connection | undefined;
}

/** Never printed: a function, which no record of settings shows. */
type Authorization = () => string;

const TIMEOUT_MS = 10_000;

/** `absent` while the service cannot be called yet; else `ok` with the report, whatever its checks say. */
export async function prove(proof: Proof, systems: Systems, working: Working): Promise<Answer<SmokeReport>> {
  const { url, connection } = proof;
  const entry = await enter(proof, systems, working.signal);
  if (entry.kind !== 'ok') return entry;
  const seen = await redisFromHere(connection, systems, working);
  const settings = { url, connection: seen, authorization: entry.value, signal: working.signal };
  return ok(await smoke(settings, systems, working));
}

/** The token of a person fits every service; that of a service account must name the one that it is for. */
async function enter(
  { url, audience, private: isPrivate }: Proof,
  systems: Systems,
  signal: AbortSignal,
): Promise<Answer<Authorization | undefined>> {
  if (!isPrivate) return reachable(url, undefined, systems, signal);
  const first = await reachable(url, await identity([], systems, signal), systems, signal);
  if (first.kind !== 'absent' || !first.reason.startsWith('status 401')) return first;
  return reachable(url, await identity([`--audiences=${audience}`], systems, signal), systems, signal);
}

/** Anything but a refusal of Google's own front end is the service's answer, and the smoke test's matter. */
async function reachable(
  url: string,
  authorization: Authorization | undefined,
  { http }: Systems,
  signal: AbortSignal,
): Promise<Answer<Authorization | undefined>> {
  const headers = authorization ? { authorization: authorization() } : {};
  const answer = await http.send({ method: 'GET', url: `${url}/health`, headers, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  const { status, headers: said } = answer.value;
  if (status === 401 || status === 403) {
    return absent(
      authorization ? `status ${String(status)}: you may not call it (roles/run.invoker)` : `status ${String(status)}`,
    );
  }
  const isFrontEnd = said['content-type']?.startsWith('text/html') === true;
  return isFrontEnd ? absent(`status ${String(status)} of Google's front end`) : ok(authorization);
}

/** A Redis in a network of Google's cannot be asked from here: then the smoke test leaves that check out. */
async function redisFromHere(
  connection: Connection | undefined,
  { redis }: Systems,
  { report }: Working,
): Promise<Connection | undefined> {
  if (!connection) return undefined;
  const answer = await redis.call(connection, ['PING']);
  if (answer.kind === 'ok') return connection;
  report.say(`Redis cannot be reached from here, so it is not looked into: ${answer.reason}`, 'note');
  return undefined;
}

async function identity(flags: readonly string[], { calls }: Systems, signal: AbortSignal): Promise<Authorization> {
  const answer = await calls.send(gcloudText(['auth', 'print-identity-token', ...flags]), signal);
  if (answer.kind === 'ok') {
    const token = answer.value.text.trim();
    return () => `Bearer ${token}`;
  }
  throw new Problem('not_permitted', {
    message: `gcloud gives no identity token, and without one a private service cannot be tested: ${firstSentence(answer.reason)}`,
    hint: 'Log in as a person (gcloud auth login), or as a service account.',
  });
}

/** Everybody is let in: asked without any token. */
export async function probePublic(url: string, { http }: Systems, signal: AbortSignal): Promise<Answer<undefined>> {
  const answer = await http.send({ method: 'GET', url: `${url}/health`, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  const { status } = answer.value;
  return status === 200 ? ok(undefined) : absent(`status ${String(status)} without a token`);
}

/** The same as a shell command. The token goes over stdin: an argument can be read by everyone. */
export function probeLine(url: string, isPrivate: boolean): string {
  const curl = 'curl --silent --show-error --fail --output /dev/null';
  if (!isPrivate) return `${curl} "${url}/health"`;
  return `printf 'authorization: Bearer %s' "$(gcloud auth print-identity-token)" | ${curl} --header @- "${url}/health"`;
}

/** Resolves when every check holds. */
export async function proveOrFail(proof: Proof, systems: Systems, working: Working): Promise<Answer<SmokeReport>> {
  const answer = await prove(proof, systems, working);
  if (answer.kind !== 'ok' || answer.value.passed) return answer;
  const failures = answer.value.checks.filter(({ outcome }) => outcome === 'failed');
  const words = failures.map(({ title, expected = '', got = '' }) => `${title} (expected ${expected}, got ${got})`);
  throw new Problem('smoke_failed', {
    message: `The smoke test failed at ${proof.url}:\n${words.join('\n')}`,
    details: answer.value,
  });
}
