/** Reads of Google: a URL of its REST APIs, and the gcloud command for scripts and where the APIs cannot be reached. */
import type { ApiRead, CommandCall, Json } from '../../../plan/call.ts';
import { answerOf } from './answer.ts';
import { ACCESS_TOKEN, gcloud, TRANSIENT } from './gcloud.ts';
import { RETRY } from './retry.ts';
import { WAY } from './way.ts';

type ApiOptions = Partial<Pick<ApiRead, 'body' | 'printed' | 'refusals'>>;
type ReadOptions = ApiOptions & Pick<CommandCall, 'absent'>;

/** @param words of gcloud, which prints the same JSON */
export function read(words: readonly string[], url: string, { absent, ...more }: ReadOptions = {}): CommandCall {
  return viaApi(gcloud(words, absent === undefined ? {} : { absent }), url, more);
}

export const readWithoutGcloud = (url: string, body: Json): CommandCall => ({
  ...viaApi(gcloud([]), url, { body }),
  words: [],
});

export function viaApi(call: CommandCall, url: string, more: ApiOptions = {}): CommandCall {
  const rest: ApiRead = {
    ...{ url, login: ACCESS_TOKEN, way: WAY, answer: answerOf },
    ...{ elsewhere: ['not_google', 'not_trusted'], refusals: ['UNAUTHENTICATED', 'PERMISSION_DENIED'] },
    ...more,
  };
  return { ...call, transient: `${TRANSIENT}|^UNAVAILABLE: `, retry: RETRY, rest };
}

/** A list that an API leaves out when it is empty; undefined where there are more pages: gcloud prints all of them. */
export function listed(name: string, item: (entry: never) => unknown = (entry) => entry) {
  return (answer: unknown): string | undefined => {
    const { [name]: list, nextPageToken } = answer as Readonly<Record<string, unknown>>;
    return nextPageToken === undefined ? JSON.stringify(((list ?? []) as readonly never[]).map(item)) : undefined;
  };
}
