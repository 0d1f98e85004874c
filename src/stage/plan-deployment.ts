import type { Invocation } from '../command/invocation.ts';
import { make, within } from '../command/plans.ts';
import type { Connection } from '../connection.ts';
import type { Plan } from '../plan/plan.ts';
import { Problem } from '../problem.ts';
import { smokeResult } from '../smoke/result.ts';
import { smoke } from '../smoke/smoke.ts';
import type { StartOptions } from './database-work.ts';
import type { Deployment } from './target-work.ts';

interface Planned {
  readonly plan: Plan;
  readonly url: string;
  /** From this machine. */
  readonly connection: Connection | undefined;
}

/** Deploys a plan on this machine and runs the smoke test. */
export function planDeployment(
  { plan, url, connection }: Planned,
  { explain, timeout, undo }: StartOptions & { readonly undo: string },
  invocation: Invocation,
): Deployment {
  const wanted = within(timeout, plan);
  return {
    script: () => Promise.resolve(wanted),
    make: async () => {
      await make(wanted, { explain, undo }, invocation);
      return prove(url, connection, invocation);
    },
  };
}

async function prove(url: string, connection: Connection | undefined, invocation: Invocation) {
  const { systems, signal } = invocation;
  const report = await smoke({ url, connection, signal }, systems, invocation);
  const result = smokeResult(report);
  if (report.passed) return { result };
  const failed = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ title }) => title);
  const problem = new Problem('smoke_failed', {
    message: `The service runs at ${url}, but its smoke test failed: ${failed.join('; ')}.`,
    hint: 'The lines above say what was expected and what the service gave.',
  });
  return { result, problem };
}
