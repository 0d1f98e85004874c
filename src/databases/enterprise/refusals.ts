import type { Failed } from '../../plan/answer.ts';
import { Problem, type ProblemCode } from '../../problem.ts';

/** https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bdbs/#post-error-codes */
const REFUSALS: Readonly<Record<string, { readonly code: ProblemCode; readonly hint: string }>> = {
  invalid_version: {
    code: 'bad_setting',
    hint: 'The cluster has no such Redis version: see redisdemo enterprise status',
  },
  insufficient_resources: { code: 'not_enough', hint: 'Ask for less with --memory, or give Docker more memory.' },
  port_unavailable: { code: 'port_taken', hint: 'Another database has that port: choose one with --port' },
  missing_module: {
    code: 'json_module_missing',
    hint: 'Upload the module in the web interface, or take an image that has it.',
  },
  invalid_replication: { code: 'bad_setting', hint: 'Replication needs two nodes: redisdemo enterprise up --nodes 3' },
};

/** A refusal of the cluster, in our words. */
export function refusalOf({ reason, code }: Failed): Problem {
  const known = REFUSALS[code ?? ''];
  return new Problem(known?.code ?? 'system_failed', {
    message: `The cluster refuses the database: ${reason}`,
    hint: known?.hint ?? 'See its log: redisdemo enterprise logs',
    details: { code: code ?? null },
  });
}
