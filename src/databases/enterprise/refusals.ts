import type { Failed } from '../../plan/answer.ts';
import { Problem, type ProblemCode } from '../../problem.ts';

/** https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bdbs/#post-error-codes */
const REFUSALS: Readonly<Record<string, { readonly code: ProblemCode; readonly hint: string }>> = {
  // The version was taken from what the nodes themselves say that they have.
  invalid_version: { code: 'system_failed', hint: 'Its nodes may still be starting: run the same command again.' },
  insufficient_resources: { code: 'not_enough', hint: 'Ask for less with --memory, or give Docker more memory.' },
  port_unavailable: { code: 'port_taken', hint: 'Another database has that port: choose one with --port' },
  missing_module: {
    code: 'json_module_missing',
    hint: 'Upload the module in the web interface, or take an image that has it.',
  },
  invalid_replication: { code: 'bad_setting', hint: 'Replication needs two nodes: redisdemo enterprise up --nodes 3' },
};

/** What helps; of the other codes the node's own words say as much. */
const BOOTSTRAP_HINTS: Readonly<Record<string, string>> = {
  insufficient_node_memory:
    'Give Docker more memory (Docker Desktop: Settings, Resources), then run the command again.',
  time_not_sync: 'The clocks of the nodes differ: set them (restart Docker Desktop), then run the same command again.',
  invalid_license: 'A trial needs no licence: begin anew with redisdemo enterprise down',
  path_error: 'The image lacks the folders of Redis Software: take redislabs/redis.',
  access_denied: 'The other nodes have another password: take all of it away with redisdemo enterprise down',
};

interface BootstrapError {
  readonly error_code?: string | null;
  readonly error_details?: { readonly message?: string } | null;
}

/** A bootstrap that has ended with an error. It may be begun again. */
export function bootstrapFailure(what: string, { error_code: code, error_details: details }: BootstrapError): Problem {
  return new Problem('service_failed', {
    message: `${what}: ${[code ?? 'no code', details?.message].filter(Boolean).join(', ')}.`,
    hint: BOOTSTRAP_HINTS[code ?? ''],
    details: { code: code ?? null },
  });
}

export function refusedBootstrap({ reason, code = '' }: Failed): Problem {
  return new Problem('system_failed', {
    message: `The node refuses to become a cluster: ${reason}`,
    hint: `Nothing was changed. ${BOOTSTRAP_HINTS[code] ?? 'Mend what it says, then run the same command again.'}`,
    details: { code },
  });
}

/** A refusal of the cluster, in our words. */
export function refusalOf({ reason, code }: Failed): Problem {
  const known = REFUSALS[code ?? ''];
  return new Problem(known?.code ?? 'system_failed', {
    message: `The cluster refuses the database: ${reason}`,
    hint: known?.hint ?? 'See its log: redisdemo enterprise logs',
    details: { code: code ?? null },
  });
}
