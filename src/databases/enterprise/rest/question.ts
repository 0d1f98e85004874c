/** Questions to a cluster, and to one node whose certificate changes while it becomes one. */
import type { PinnedCertificate } from '../../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../../plan/answer.ts';
import { aliveOr } from '../../../plan/container-checks.ts';
import type { Api, Question } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { waitFor, type Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { readAnswer } from './shapes.ts';

/** Busy, or in between two states: so long it is asked again. */
const PATIENCE_MS = 30_000;
/** The file in the container changes some seconds before, or after, what the node shows. */
export const CHANGE_LIMIT_MS = 10_000;

/** A question whose answer is checked against its shape (shapes.ts) before anything is selected. */
export const get = (api: Api, path: string, select = '.'): Question => ({
  call: { api, method: 'GET', path },
  select,
  read: (answer) => readAnswer(api.url, path, answer),
});

/** Throws a Problem when there is no answer, or nothing of what is meant. */
export async function valueOf(question: Question, systems: Systems, working: Working): Promise<unknown> {
  return valueOfAnswer(question, await answerOf(question, systems, working));
}

function valueOfAnswer(question: Question, answer: Answer<unknown>): unknown {
  if (answer.kind === 'ok') return answer.value;
  const hint = answer.kind === 'failed' ? answer.hint : undefined;
  throw new Problem('system_failed', { message: `${whatOf(question)}: ${answer.reason}`, hint });
}

/** undefined when the cluster does not know that path, or says nothing of what is meant. Throws a Problem otherwise. */
export async function valueIfKnown(question: Question, systems: Systems, working: Working): Promise<unknown> {
  const answer = await answerOf(question, systems, working);
  return answer.kind === 'absent' ? undefined : valueOfAnswer(question, answer);
}

/** The answer that is not one for the moment. */
async function answerOf(question: Question, systems: Systems, working: Working): Promise<Answer<unknown>> {
  const ask = async (): Promise<Answer<Answer<unknown>>> => {
    const answer = await systems.calls.ask(question, working.signal);
    return answer.kind === 'failed' && answer.transient === true ? absent(answer.reason) : ok(answer);
  };
  return waitFor({ what: `an answer of ${whatOf(question)}`, limitMs: PATIENCE_MS, ask, quiet: true }, working);
}

function whatOf({ call }: Question): string {
  return 'words' in call ? call.words.join(' ') : `${call.api.url}${call.path}`;
}

/** 401: it does not know who asks. 403 says that the user may not ask this, and that the password is right. */
function isUnknownUser({ code, details }: Problem): boolean {
  return code === 'not_permitted' && (details as { readonly status?: unknown } | undefined)?.status === 401;
}

interface Asking {
  readonly signal: AbortSignal;
  /** What it means that it does not know who asks. */
  readonly onRefused: () => Answer<unknown>;
}

export type AskNode = (question: Question, systems: Systems, asking: Asking) => Promise<Answer<unknown>>;

/**
 * Asks one node of ours, and pins its certificate anew where it has changed: it is read out of the container itself. A
 * node that goes on showing another one is somebody else. With a container that has ended, the answer says so. Without
 * a pin (a node at an address) an untrusted certificate is a Problem at once. The answer "no cluster" passes: a node gives
 * it while it becomes one.
 */
export function nodeAsker(pin: PinnedCertificate | undefined): AskNode {
  let distrustedAt: number | undefined;
  return async (question, systems, { signal, onRefused }) => {
    try {
      const answer = await systems.calls.ask(question, signal);
      distrustedAt = undefined;
      if (answer.kind === 'failed' && answer.code === 'no_cluster') return { ...answer, transient: true };
      const isSilent = answer.kind === 'failed' && answer.code === 'no_answer';
      return pin && isSilent ? await aliveOr(pin.content.container, answer, systems) : answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (isUnknownUser(error)) return onRefused();
      if (error.code !== 'not_trusted' || !pin) throw error;
      distrustedAt ??= performance.now();
      if (performance.now() - distrustedAt > CHANGE_LIMIT_MS) throw error;
      await systems.perform.create(pin, { update: () => undefined, say: () => undefined });
      return failed('its certificate has changed', { transient: true });
    }
  };
}
