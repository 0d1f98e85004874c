import { absent, failed, ok, type Answer } from '../../../plan/answer.ts';
import { callLine } from '../../../script/call-lines.ts';
import type { Api, RestCall } from '../../../plan/call.ts';
import type { Systems } from '../../../plan/systems.ts';
import { waitFor, type Working } from '../../../plan/wait.ts';
import { listMeant } from './lookup.ts';
import type { Found } from '../rest/shapes.ts';

const LIMIT_MS = 120_000;

export interface Deleting extends Working {
  readonly explain: boolean;
}

/** A list that still has what the cluster says is not there is given this long. */
const STALE_LIMIT_MS = 5000;

/**
 * Deletes a database by its id and waits until it is gone. The deletion is sent once; again only while the cluster refuses
 * it because the database is busy, for that has no effect. 404 is the end of it.
 */
export async function deleteDatabase(api: Api, uid: number, systems: Systems, working: Deleting): Promise<void> {
  const { signal, report, explain } = working;
  const call: RestCall = { api, method: 'DELETE', path: `/v1/bdbs/${String(uid)}` };
  if (explain) report.say(`$ ${callLine(call)}`);
  let accepted = false;
  let missingSince = Infinity;
  const ask = async (): Promise<Answer<unknown>> => {
    if (!accepted) {
      const sent = await systems.calls.send(call, signal);
      if (sent.kind === 'failed' && sent.transient !== true) return failed(sent.reason);
      accepted = sent.kind !== 'failed';
      if (sent.kind === 'absent') missingSince = performance.now();
    }
    const now = await systems.calls.ask(listMeant(api, { id: uid }), signal);
    if (now.kind !== 'ok') return absent(now.reason);
    const [database] = now.value as readonly Found[];
    if (database === undefined) return ok(undefined);
    if (performance.now() - missingSince > STALE_LIMIT_MS)
      return failed('the cluster lists it, and answers its deletion with 404');
    return absent(`status ${database.status ?? 'unknown'}`);
  };
  await waitFor({ what: `database ${String(uid)} to be gone`, limitMs: LIMIT_MS, ask }, working);
}
