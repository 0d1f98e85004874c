/** What a step can wait for, as a value: evaluated here, and written for `sh` by src/script/condition-lines.ts. */
import type { Connection } from '../connection.ts';
import type { Secret } from '../secret.ts';
import type { PinnedCertificate } from './action.ts';
import { absent, ok, type Answer } from './answer.ts';
import { fillIn, type Api, type CommandCall, type Facts, type Question } from './call.ts';
import type { Systems } from './systems.ts';

export type Condition =
  | RedisAnswers
  | HttpAnswers
  | Selected
  | Trusted
  | { readonly kind: 'file'; readonly container: string; readonly path: string }
  | { readonly kind: 'programs'; readonly calls: readonly CommandCall[] }
  | { readonly kind: 'prints'; readonly call: CommandCall; readonly secret: Secret }
  | { readonly kind: 'all'; readonly of: readonly Condition[] };

/** NOAUTH: Redis responds, but asks for a password first. */
export interface RedisAnswers {
  readonly kind: 'redis';
  readonly connection: Pick<Connection, 'host' | 'port' | 'tls' | 'user' | 'password'>;
  readonly answer: 'PONG' | 'NOAUTH';
}

/** GET is answered with status 200. */
export interface HttpAnswers {
  readonly kind: 'http';
  readonly url: string;
  readonly timeoutMs: number;
  /** Prints the token to send. */
  readonly token?: CommandCall;
}

export interface Selected {
  readonly kind: 'selected';
  readonly question: Question;
  readonly missing?: string;
}

/** An API presents the trusted certificate. Here every call checks it; a script checks once, before its calls. */
export interface Trusted {
  readonly kind: 'trusted';
  readonly api: Api;
  /** With it, the certificate is read from the container again. */
  readonly pin?: PinnedCertificate | undefined;
}

interface Circumstances {
  readonly systems: Systems;
  readonly facts: Facts;
  readonly signal: AbortSignal;
}

/** `absent` when it does not hold yet; `failed` when that cannot be determined. */
export async function evaluate(condition: Condition, circumstances: Circumstances): Promise<Answer<unknown>> {
  const { systems, facts, signal } = circumstances;
  switch (condition.kind) {
    case 'redis':
      return ping(condition, systems);
    case 'http':
      return get(fillIn(condition, facts), circumstances);
    case 'selected': {
      const answer = await systems.calls.ask(fillIn(condition.question, facts), signal);
      return answer.kind === 'absent' && condition.missing !== undefined ? absent(condition.missing) : answer;
    }
    case 'file':
      return systems.containers.readFile(condition.container, condition.path);
    case 'trusted':
      return ok(undefined);
    case 'programs': {
      const answers = await Promise.all(condition.calls.map((call) => systems.calls.send(call, signal)));
      return answers.find(({ kind }) => kind !== 'ok') ?? ok(undefined);
    }
    case 'prints': {
      const answer = await systems.calls.send(fillIn(condition.call, facts), signal);
      if (answer.kind !== 'ok') return answer;
      const isSame = answer.value.text === (await systems.files.readSecret(condition.secret));
      return isSame ? ok(undefined) : absent('it holds another one');
    }
    case 'all':
      return everyOne(condition.of, circumstances);
  }
}

async function everyOne([first, ...rest]: readonly Condition[], around: Circumstances): Promise<Answer<unknown>> {
  const answer = first ? await evaluate(first, around) : ok(undefined);
  return answer.kind === 'ok' && rest.length > 0 ? everyOne(rest, around) : answer;
}

async function ping({ connection, answer: wanted }: RedisAnswers, { redis }: Systems): Promise<Answer<unknown>> {
  const answer = await redis.call(connection, ['PING']);
  if (wanted === 'NOAUTH') return answer.kind === 'failed' && answer.reason.startsWith(wanted) ? ok(undefined) : answer;
  return answer.kind === 'ok' && answer.value !== wanted ? absent(`it says ${JSON.stringify(answer.value)}`) : answer;
}

async function get(
  { url, timeoutMs, token }: HttpAnswers,
  { systems, signal }: Circumstances,
): Promise<Answer<unknown>> {
  const printed = token && (await systems.calls.send(token, signal));
  if (printed && printed.kind !== 'ok') return printed;
  const headers = printed ? { authorization: `Bearer ${printed.value.text.trim()}` } : {};
  const answer = await systems.http.send({ method: 'GET', url, headers, timeoutMs }, signal);
  if (answer.kind !== 'ok') return absent(answer.reason);
  const { status } = answer.value;
  return status === 200 ? ok(undefined) : absent(`status ${String(status)}`, { status });
}
