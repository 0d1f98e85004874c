/** Asks Google with gcloud's login: over its REST APIs, or with gcloud where those cannot be reached. */
import { failed, type Answer } from '../../../plan/answer.ts';
import type { CommandCall } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { unanswered } from '../failures/failures.ts';
import { memberOf, readClient } from './client.ts';
import { ACCESS_TOKEN, installFirst } from './gcloud.ts';
import { codeOf } from './retry.ts';

export interface GoogleApi {
  /** As a member of a policy. */
  readonly caller: string;
  /**
   * JSON; `absent` for 404 of Google's own. The code of what failed is Google's (`PERMISSION_DENIED`, `SERVICE_DISABLED`),
   * or `not_trusted`, `unreachable`, `not_google`.
   * @param select a jq program; without it, all of the answer
   */
  readonly ask: (read: CommandCall, select?: string) => Promise<Answer<unknown>>;
}

/** Throws a Problem when there is no login, or when Google cannot be reached to get a token. */
export async function openGoogle({ calls }: Pick<Systems, 'calls'>, working: WorkContext): Promise<GoogleApi> {
  const { signal } = working;
  const [client, token] = await Promise.all([
    readClient({ calls }, signal),
    calls.send(ACCESS_TOKEN, signal, working).catch(installFirst),
  ]);
  // gcloud's own sentence names no cause; the text behind it does.
  if (token.kind !== 'ok') throw unanswered('gcloud has no access token', token);
  return {
    caller: memberOf(client),
    ask: async (call, select = '.') => {
      const answer = await calls.ask({ call, select }, signal, working);
      if (answer.kind !== 'failed') return answer;
      const code = codeOf(answer);
      return failed(answer.reason.replace(/^(?!ERROR)[A-Z_]+: /, ''), code === undefined ? {} : { code });
    },
  };
}
