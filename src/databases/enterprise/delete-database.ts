import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import { callLine } from '../../plan/call-lines.ts';
import type { Api, RestCall } from '../../plan/call.ts';
import type { Systems } from '../../plan/systems.ts';
import { waitFor, type Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { databaseNamed, type Found } from './existing.ts';

const LIMIT_MS = 120_000;

export interface Deleting extends Working {
  readonly explain: boolean;
}

/** Deletes by name and proves it gone; false when there was none. One that is busy is asked again. */
export async function deleteDatabase(api: Api, name: string, systems: Systems, working: Deleting): Promise<boolean> {
  const { signal, report, explain } = working;
  const find = () => systems.calls.ask(databaseNamed(api, name), signal);
  const found = await find();
  if (found.kind === 'failed') throw new Problem('system_failed', { message: `${api.url}: ${found.reason}` });
  if (found.kind === 'absent') return false;
  const { uid } = found.value as Found;
  const call: RestCall = { api, method: 'DELETE', path: `/v1/bdbs/${String(uid)}` };
  if (explain) report.say(`$ ${callLine(call)}`);
  const ask = async (): Promise<Answer<unknown>> => {
    const sent = await systems.calls.send(call, signal);
    if (sent.kind === 'failed' && sent.transient !== true) return failed(sent.reason);
    const now = await find();
    if (now.kind === 'absent') return ok(undefined);
    return absent(now.kind === 'ok' ? `status ${(now.value as Found).status}` : now.reason);
  };
  await waitFor({ what: `database ${name} to be gone`, limitMs: LIMIT_MS, ask }, working);
  return true;
}
