import { Problem, type ProblemCode } from '../problem.ts';
import type { ActionKind } from './action.ts';
import { isReady, type Plan, type Step } from './plan.ts';
import type { Systems } from './systems.ts';
import type { WorkContext } from './wait.ts';

/** `partial`: incomplete, or not responding. `foreign`: not created by redisdemo. */
export type StageState = 'absent' | 'partial' | 'ready' | 'foreign';

export interface StageStatus {
  readonly state: StageState;
  readonly reason?: string;
  readonly note?: string;
}

const RUNNING: ReadonlySet<ActionKind> = new Set(['runContainer', 'runProcess']);

/** Problems of an existing stage: the next command repairs it, or explains what to do. */
const PARTIAL: ReadonlySet<ProblemCode> = new Set([
  'json_module_missing',
  'differs',
  'password_differs',
  'address_changed',
]);

/** Changes nothing. A stage is what runs: what outlives it (kept data, images, the shared network) does not count. */
export async function planStatus({ steps, note }: Plan, systems: Systems, working: WorkContext): Promise<StageStatus> {
  const own = steps.filter(({ action }) => RUNNING.has(action.kind));
  try {
    const answers = await Promise.all(
      own.flatMap(({ action }) => (action.kind === 'lookup' ? [] : [systems.perform.present(action)])),
    );
    const failure = answers.find((answer) => answer.kind === 'failed');
    if (failure) throw new Problem('system_failed', { message: failure.reason });
    if (answers.every(({ kind }) => kind === 'absent')) return { state: 'absent' };
    const elsewhere = own.some(isContainer) ? await systems.containers.elsewhere() : undefined;
    // Whatever responds at that port of this machine is something else.
    if (elsewhere) return { state: 'partial', reason: elsewhere.message };
    const notes = new Set([note, ...answers.map((answer) => (answer.kind === 'ok' ? answer.note : undefined))]);
    notes.delete(undefined);
    return { ...(await readiness(own, systems, working)), ...(notes.size > 0 && { note: [...notes].join(' ') }) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'foreign' || error.code === 'other_home') return { state: 'foreign', reason: error.message };
    if (PARTIAL.has(error.code)) return { state: 'partial', reason: error.message };
    throw error;
  }
}

const isContainer = ({ action }: Step): boolean => action.kind === 'runContainer';

async function readiness(steps: readonly Step[], systems: Systems, working: WorkContext): Promise<StageStatus> {
  for (const { action, ready } of steps) {
    const container = action.kind === 'runContainer' ? await systems.containers.state(action.name) : undefined;
    const { paused = false, unhealthy } = container?.kind === 'ok' ? container.value : {};
    // Before the question, which a paused container would not answer.
    if (paused && action.kind === 'runContainer')
      return { state: 'partial', reason: `paused; continue it with: docker unpause ${action.name}` };
    const answer = ready && (await isReady(ready, { systems, working, facts: new Map() }));
    if (answer && answer.kind !== 'ok') return { state: 'partial', reason: answer.reason.split('\n', 1)[0] ?? '' };
    // It responds from here, but its health check knows better.
    if (unhealthy !== undefined && action.kind === 'runContainer')
      return { state: 'partial', reason: `the health check of ${action.name} says: ${unhealthy}` };
  }
  return { state: 'ready' };
}
