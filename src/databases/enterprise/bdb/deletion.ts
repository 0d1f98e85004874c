import type { Home } from '../../../home.ts';
import { absent, failed, ok, type Answer } from '../../../plan/answer.ts';
import type { Api, RestCall } from '../../../plan/call.ts';
import { waitFor } from '../../../plan/wait.ts';
import { plainCall } from '../../../script/explain-calls.ts';
import { valueOf, type Asking } from '../rest/question.ts';
import { bdbPassword, type Cluster } from '../settings.ts';
import { selectedBdbs } from './lookup.ts';

const LIMIT_MS = 120_000;

interface DeletionOptions extends Asking {
  readonly explain: boolean;
}

/** The list may still show a database this long after its deletion was answered with 404. */
const STALE_LIMIT_MS = 5000;

/** Waits until the database is gone. Only a refusal because it is busy is retried: such a request had no effect. */
export async function deleteBdb(api: Api, uid: number, options: DeletionOptions): Promise<void> {
  const { systems, signal, report, explain } = options;
  const call: RestCall = { api, method: 'DELETE', path: `/v1/bdbs/${String(uid)}` };
  if (explain) report.say(`$ ${await plainCall(call, systems.files)}`);
  let accepted = false;
  let missingSince = Infinity;
  const ask = async (): Promise<Answer<unknown>> => {
    if (!accepted) {
      const sent = await systems.calls.send(call, signal);
      if (sent.kind === 'failed' && sent.transient !== true) return failed(sent.reason);
      accepted = sent.kind !== 'failed';
      if (sent.kind === 'absent') missingSince = performance.now();
    }
    const now = await systems.calls.ask(selectedBdbs(api, { id: uid }), signal);
    if (now.kind !== 'ok') return absent(now.reason);
    const [database] = now.value;
    if (database === undefined) return ok(undefined);
    if (performance.now() - missingSince > STALE_LIMIT_MS)
      return failed('the cluster lists it, and answers its deletion with 404');
    return absent(`status ${database.status ?? 'unknown'}`);
  };
  await waitFor({ what: `database ${String(uid)} to be gone`, limitMs: LIMIT_MS, ask }, options);
}

/** The password is stored under the name, so it stays while another database has that name. */
export async function forgetPassword(name: string, { api, name: clusterName }: Cluster, home: Home, asking: Asking) {
  const others = await valueOf(selectedBdbs(api, { name }), asking);
  if (others.length > 0 || name === '') return;
  await asking.systems.perform.remove({ kind: 'file', file: bdbPassword(home, name, clusterName).file });
}
