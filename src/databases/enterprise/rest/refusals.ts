import { LICENCE_EXPIRED } from '../../../plan/call.ts';
import type { Refusals } from '../../../plan/plan.ts';
import { Problem } from '../../../problem.ts';
import type { BootstrapStatus } from './shapes.ts';

/** https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bdbs/#post-error-codes */
const BDB_REFUSALS: Refusals['known'] = {
  // The version came from the nodes themselves.
  invalid_version: {
    code: 'system_failed',
    hint: 'The nodes may still be starting: run the same command again in a minute.',
  },
  insufficient_resources: {
    code: 'not_enough_memory',
    hint: 'Ask for less with --memory, or give the nodes more memory.',
  },
  port_unavailable: { code: 'port_taken', hint: 'Another database has that port: choose one with --port' },
  missing_module: {
    code: 'json_module_missing',
    hint: 'Upload the module in the web interface, or use an image that has it.',
  },
  invalid_replication: {
    code: 'bad_setting',
    hint: 'Replication needs two nodes. With containers: redisdemo enterprise up --nodes 3',
  },
};

const OTHER_IMAGE = 'The image lacks the folders of Redis Software: use redislabs/redis.';

/** For other codes the node's own message is enough. */
const BOOTSTRAP_HINTS: Readonly<Record<string, { readonly own: string; readonly other: string }>> = {
  insufficient_node_memory: {
    own: 'Give Docker more memory (Docker Desktop: Settings, Resources), then run the command again.',
    other: 'Give the node more memory, then run the command again.',
  },
  time_not_sync: {
    own: 'The clocks of the nodes differ: set them (restart Docker Desktop), then run the same command again.',
    other: 'The clocks of the nodes differ: set them, then run the same command again.',
  },
  invalid_license: {
    own: 'A trial needs no licence. Start over with: redisdemo enterprise down',
    other: 'A trial needs no licence: remove it from the node, then run the same command again.',
  },
  path_error: { own: OTHER_IMAGE, other: OTHER_IMAGE },
  access_denied: {
    own: 'The other nodes have another password. Start over with: redisdemo enterprise down',
    other: 'The other nodes have another password: give it with --password-file.',
  },
};

/** A failed bootstrap can be started again. */
export function bootstrapFailure(what: string, status: BootstrapStatus, own: boolean): Problem {
  const { error_code: code, error_details: details } = status;
  return new Problem('system_failed', {
    message: `${what}: ${[code ?? 'no code', details?.message].filter(Boolean).join(', ')}.`,
    hint: bootstrapHint(code, own),
    details: { code: code ?? null },
  });
}

export function bootstrapRefusals(own: boolean): Refusals {
  const known = Object.entries(BOOTSTRAP_HINTS).map(([name, hint]) => {
    return [name, { code: 'system_failed', hint: `Nothing was changed. ${hint[own ? 'own' : 'other']}` }] as const;
  });
  return {
    what: 'The node refuses to become a cluster',
    known: Object.fromEntries(known),
    hint: 'Nothing was changed. Fix the problem, then run the same command again.',
  };
}

function bootstrapHint(code: string | null | undefined, own: boolean): string | undefined {
  return BOOTSTRAP_HINTS[code ?? '']?.[own ? 'own' : 'other'];
}

export function newLicenceHint(own: boolean): string {
  return own
    ? 'A trial lasts 30 days. Start a new cluster: redisdemo enterprise down, then: redisdemo enterprise up'
    : 'Install a new licence in the web interface of the cluster, then run the same command again.';
}

export function bdbRefusals(own: boolean): Refusals {
  return {
    what: 'The cluster refuses the database',
    known: { ...BDB_REFUSALS, [LICENCE_EXPIRED]: { code: 'license_expired', hint: newLicenceHint(own) } },
    hint: own ? 'See its log: redisdemo enterprise logs' : 'See the log in its web interface.',
  };
}
