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

/** The file in the container changes some seconds before, or after, what the node shows. */
export const CHANGE_LIMIT_MS = 10_000;

interface NodeCall<T> {
  readonly signal: AbortSignal;
  /** What it means that the node does not know the user. */
  readonly onUnknownUser: () => Answer<T>;
}

export type AskNode = <T>(question: Question<T>, systems: Systems, call: NodeCall<T>) => Promise<Answer<T>>;

/**
 * Asks one node, and pins its certificate again when it has changed: it is read out of the container. A node that goes on
 * showing another one is somebody else's. When the container has ended, the answer says so. Without a pin (a node at an
 * address) an untrusted certificate is a Problem at once. The answer "no cluster" is transient: a node gives it while it
 * becomes one.
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

/** 401: it does not know the user. 403 says that the user is not allowed to ask this, and that the password is right. */
function isUnknownUser({ code, details }: Problem): boolean {
  return code === 'not_permitted' && v.is(UNAUTHORIZED, details);
}

/**
 * The state of a node: idle, initiated, creating_cluster, recovering_cluster, joining_cluster, error, completed. Only a
 * node that is in no cluster answers without credentials: any other refuses.
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
