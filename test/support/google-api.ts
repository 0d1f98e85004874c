/** Google's answers, and what is selected from them, without a Google. */
import jq from '@michaelhomer/jqjs';
import * as v from 'valibot';
import { absent, ok, type Answer } from '../../src/plan/answer.ts';
import type { CommandCall } from '../../src/plan/call.ts';
import type { GoogleApi } from '../../src/targets/cloudrun/google/google-api.ts';
import { VIEW } from '../../src/targets/cloudrun/service/reads.ts';
import { SERVICE_VIEW, type ServiceJson } from '../../src/targets/cloudrun/service/service.ts';
import type { Openness, ServiceState } from '../../src/targets/cloudrun/service/state.ts';

/** What redisdemo knows of a service that Google describes like this. */
export function stateOf(service: ServiceJson, openness: Openness): ServiceState {
  const [view] = jq.compile(VIEW)(service);
  return { ...v.parse(SERVICE_VIEW, view), openness };
}

/** Google as redisdemo asks it. */
export function googleAnswering(answerTo: (read: CommandCall) => Answer<unknown>): GoogleApi {
  return {
    caller: 'user:dev@example.com',
    ask: (read, select = '.') => {
      const answer = answerTo(read);
      return Promise.resolve(answer.kind === 'ok' ? selected(select, printed(read, answer.value)) : answer);
    },
  };
}

/** A list is one that gcloud printed already. */
function printed({ rest }: CommandCall, json: unknown): unknown {
  if (Array.isArray(json) || !rest?.printed) return json;
  try {
    return JSON.parse(rest.printed(json) ?? '{}');
  } catch {
    return json;
  }
}

function selected(select: string, json: unknown): Answer<unknown> {
  try {
    const [first] = jq.compile(select)(json);
    return first === undefined || first === null ? absent('nothing') : ok(first);
  } catch {
    return { kind: 'failed', reason: 'of another form' };
  }
}
