/** Questions to one node, whose certificate changes while it becomes a cluster. */
import * as v from 'valibot';
import type { PinnedCertificate } from '../../../plan/action.ts';
import { failed, ok, type Answer } from '../../../plan/answer.ts';
import { NO_CLUSTER, type Api, type Question } from '../../../plan/call.ts';
import { aliveOr } from '../../../plan/container-checks.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { get } from './question.ts';
import { bootstrapStatus, type BootstrapStatus } from './shapes.ts';

/** The file in the container changes some seconds before or after the certificate that the node shows. */
export const CHANGE_LIMIT_MS = 10_000;

interface NodeCall<T> {
  readonly signal: AbortSignal;
  readonly onUnknownUser: () => Answer<T>;
}

export type AskNode = <T>(question: Question<T>, systems: Systems, call: NodeCall<T>) => Promise<Answer<T>>;

/**
 * Asks one node, and pins its certificate again from the container when it has changed. A node that keeps showing another
 * certificate is somebody else's. Without a pin (a node at an address) an untrusted certificate is a Problem at once. "No
 * cluster" is transient: a node answers it during the bootstrap.
 */
export function nodeAsker(pin: PinnedCertificate | undefined): AskNode {
  let distrustedAt: number | undefined;
  return async (question, systems, { signal, onUnknownUser }) => {
    try {
      const answer = await systems.calls.ask(question, signal);
      distrustedAt = undefined;
      if (answer.kind === 'failed' && answer.code === NO_CLUSTER) return { ...answer, transient: true };
      const isSilent = answer.kind === 'failed' && answer.code === 'no_answer';
      return pin && isSilent ? await aliveOr(pin.content.container, answer, systems) : answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (isUnknownUser(error)) return onUnknownUser();
      if (error.code !== 'not_trusted' || !pin) throw error;
      distrustedAt ??= performance.now();
      if (performance.now() - distrustedAt > CHANGE_LIMIT_MS) throw error;
      await systems.perform.create(pin, { update: () => undefined, say: () => undefined });
      return failed('its certificate has changed', { transient: true });
    }
  };
}

const UNAUTHORIZED = v.looseObject({ status: v.literal(401) });

/** 401: unknown user or wrong password. 403: the password is right, but the user is not allowed to ask this. */
function isUnknownUser({ code, details }: Problem): boolean {
  return code === 'not_permitted' && v.is(UNAUTHORIZED, details);
}

/**
 * Only a node that is in no cluster answers without credentials.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bootstrap/
 * @param onUnknownUser what a refusal means; absent: that the node is in a cluster
 */
export async function nodeStatus(
  { api, ask }: { readonly api: Api; readonly ask: AskNode },
  systems: Systems,
  signal: AbortSignal,
  onUnknownUser: () => Answer<BootstrapStatus> = () => ok({ state: 'completed' }),
): Promise<Answer<BootstrapStatus>> {
  const question = get(api, '/v1/bootstrap', '.bootstrap_status', bootstrapStatus);
  return ask({ ...question, call: { ...question.call, anonymous: true } }, systems, { signal, onUnknownUser });
}
