import type { Connection } from '../../../connection.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import type { CommandCall } from '../../../plan/call.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { smoke, type SmokeReport } from '../../../smoke/smoke.ts';
import type { Client } from '../google/client.ts';
import { identityFor, identityWords, isRefusal, type Authorization } from '../google/identity.ts';
import { googleHttp } from '../google/way.ts';
import { ingressOf } from '../service/service.ts';
import { isPublic, type ServiceState } from '../service/state.ts';

export interface Proof {
  /** Perhaps that of a tag. */
  readonly url: string;
  /** For whom the token is: the service's own URL, also for a tag. */
  readonly audience: string;
  readonly private: boolean;
  /** Only networks of Google Cloud can call it: perhaps not this machine. */
  readonly internal: boolean;
  readonly connection: Connection | undefined;
}

export function proofOf(state: ServiceState, connection?: Connection): Proof {
  const { service, url } = state;
  return { url, audience: url, private: !isPublic(state), internal: ingressOf(service) !== 'all', connection };
}

const TIMEOUT_MS = 10_000;
/** The answer to callers that the ingress keeps out, and to everybody while a service is new. */
const KEPT_OUT = "status 404 of Google's front end";

/**
 * `absent` while the service cannot be called yet; otherwise `ok` with the report, whatever its checks say. No report: its
 * ingress keeps this machine out. Then Cloud Run's startup probe has to do, which asks /health and so its Redis.
 */
export async function prove(
  proof: Proof,
  opened: Systems,
  working: WorkContext,
): Promise<Answer<SmokeReport | undefined>> {
  const { url, audience, connection } = proof;
  const { signal } = working;
  const systems = { ...opened, http: await googleHttp(opened, signal) };
  const token = proof.private ? await identityFor(audience, systems, signal) : undefined;
  const entry = await enter(url, token, systems, signal);
  if (entry.kind === 'absent' && entry.reason === KEPT_OUT && proof.internal) {
    working.report.say(
      `The ingress of the service keeps this machine out: only its startup probe was passed. Test it from its network: redisdemo smoke --url ${url}`,
      'note',
    );
    return ok(undefined);
  }
  if (entry.kind !== 'ok') return entry;
  const seen = await redisFromHere(connection, systems, working);
  const settings = { url, connection: seen, authorization: entry.value, signal };
  return ok(await smoke(settings, systems, working));
}

/** Anything but a refusal of Google's own front end is the service's answer, and the smoke test's matter. */
async function enter(
  url: string,
  authorization: Authorization | undefined,
  { http }: Systems,
  signal: AbortSignal,
): Promise<Answer<Authorization | undefined>> {
  const headers = authorization ? { authorization: authorization() } : {};
  const answer = await http.send({ method: 'GET', url: `${url}/health`, headers, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  const { status, headers: said } = answer.value;
  const lacks = authorization ? ': this login cannot call the service (roles/run.invoker)' : '';
  if (isRefusal(status)) return absent(`status ${String(status)}${lacks}`);
  const isFrontEnd = said['content-type']?.startsWith('text/html') === true;
  if (!isFrontEnd) return ok(authorization);
  return absent(status === 404 ? KEPT_OUT : `status ${String(status)} of Google's front end`);
}

/** A Redis in a network of Google's cannot be asked from here: then the smoke test leaves that check out. */
async function redisFromHere(
  connection: Connection | undefined,
  { redis }: Systems,
  { report }: WorkContext,
): Promise<Connection | undefined> {
  if (!connection) return undefined;
  const answer = await redis.call(connection, ['PING']);
  if (answer.kind === 'ok') return connection;
  report.say(`Redis cannot be reached from here, so it is not looked into: ${answer.reason}`, 'note');
  return undefined;
}

export async function probePublic(url: string, systems: Systems, signal: AbortSignal): Promise<Answer<undefined>> {
  const http = await googleHttp(systems, signal);
  const answer = await http.send({ method: 'GET', url: `${url}/health`, timeoutMs: TIMEOUT_MS }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  const { status } = answer.value;
  return status === 200 ? ok(undefined) : absent(`status ${String(status)} without a token`);
}

/** @param token prints the identity token to send; undefined for a public service */
export function answersAt(url: string, token?: CommandCall): Condition {
  return { kind: 'http', url: `${url}/health`, timeoutMs: TIMEOUT_MS, ...(token && { token }) };
}

interface Caller {
  readonly client: Client;
  readonly audience: string;
}

export function curlLine(curl: string, url: string, caller: Caller | undefined): string {
  if (!caller) return `${curl} "${url}"`;
  const words = identityWords(caller.client, caller.audience).map((word) =>
    /[^\w=.,/:@-]/.test(word) ? `"${word}"` : word,
  );
  return `printf 'authorization: Bearer %s' "$(gcloud ${words.join(' ')})" | ${curl} --header @- "${url}"`;
}

export async function proveOrFail(
  proof: Proof,
  systems: Systems,
  working: WorkContext,
): Promise<Answer<SmokeReport | undefined>> {
  const answer = await prove(proof, systems, working);
  if (answer.kind !== 'ok' || !answer.value || answer.value.passed) return answer;
  const failures = answer.value.checks.filter(({ outcome }) => outcome === 'failed');
  const words = failures.map(({ title, expected = '', got = '' }) => `${title} (expected ${expected}, got ${got})`);
  throw new Problem('smoke_failed', {
    message: `The smoke test failed at ${proof.url}:\n${words.join('\n')}`,
    details: answer.value,
  });
}
