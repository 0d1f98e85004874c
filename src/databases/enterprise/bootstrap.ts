/**
 * From a fresh node to a cluster, over its REST API. The states of a node: idle, initiated, creating_cluster,
 * recovering_cluster, joining_cluster, error, completed.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bootstrap/
 */
import type { PinCertificate } from '../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../plan/answer.ts';
import { questionLine } from '../../plan/call-lines.ts';
import type { Api, Json, Question, RestCall } from '../../plan/call.ts';
import { createLine } from '../../plan/lines.ts';
import type { Step } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import { waitFor, type Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';

export interface BootstrapSettings {
  readonly api: Api;
  readonly clusterName: string;
  /** How the certificate is trusted anew: the node makes another one when it becomes a cluster. */
  readonly pin?: PinCertificate | undefined;
}

const LIMIT_MS = 600_000;
const PATIENCE_MS = 120_000;

export function bootstrapSteps({ api, clusterName, pin }: BootstrapSettings): Step[] {
  const body: Json = {
    action: 'create_cluster',
    cluster: { name: clusterName },
    node: {
      // The key is bigstore_path: the tutorial's bigredis_storage_path is another object's, and is ignored.
      paths: {
        persistent_path: '/var/opt/redislabs/persist',
        ephemeral_path: '/var/opt/redislabs/tmp',
        bigstore_path: '/var/opt/redislabs/flash',
      },
      identity: { external_addr: ['127.0.0.1'] },
    },
    credentials: { username: api.user, password: { $secret: api.password } },
    // No license: without one the trial begins, and an empty one is an error.
  };
  const create: RestCall = { api, anonymous: true, method: 'POST', path: '/v1/bootstrap/create_cluster', body };
  const validate: RestCall = { ...create, path: '/v1/bootstrap/validate/create_cluster' };
  const cluster: Question = { call: get(api, '/v1/cluster'), select: '.name' };
  return [
    {
      title: `create cluster ${clusterName}`,
      action: { kind: 'resource', thing: `cluster ${clusterName}`, find: cluster, create },
      exists: {
        ask: (systems, working) => clusterOrStart({ api, pin }, systems, working),
        shell: existsShell(cluster),
      },
      patienceMs: PATIENCE_MS,
      needs: (systems, { signal }) => valid(validate, systems, signal),
      ready: {
        what: `cluster ${clusterName}`,
        limitMs: LIMIT_MS,
        ask: (systems, { signal }) => completed({ api, pin }, systems, signal),
        shell: [...(pin ? [createLine<'pinCertificate'>(pin) ?? ''] : []), existsShell(cluster)].join(' && '),
      },
    },
  ];
}

const get = (api: Api, path: string, anonymous = false): RestCall => ({ api, method: 'GET', path, anonymous });

function existsShell(question: Question): string {
  return `[ -n "$(${questionLine(question)})" ]`;
}

interface Node {
  readonly api: Api;
  readonly pin?: PinCertificate | undefined;
}

/** Nested in the answer of /v1/bootstrap, and in those of validate. */
export interface BootstrapStatus {
  readonly state: string;
  readonly error_code?: string | null;
  readonly error_details?: { readonly message?: string } | null;
}

/**
 * `absent`: fresh, or failed and free to start again. `ok`: a cluster of ours, or one that is being made and may be
 * waited for. Throws a Problem for somebody else's, and when 9443 does not come up.
 */
async function clusterOrStart(node: Node, systems: Systems, working: Working): Promise<Answer<unknown>> {
  let last: Answer<unknown> = absent('not asked yet');
  await waitFor(
    {
      what: `${node.api.url} to say its state`,
      limitMs: PATIENCE_MS,
      hint: 'Look at its log: redisdemo enterprise logs',
      quiet: true,
      ask: async () => {
        last = await stateOf(node, systems, working.signal);
        if (last.kind !== 'failed') return ok(undefined);
        return last.transient === true ? absent(last.reason) : last;
      },
    },
    working,
  );
  return last;
}

/** Without credentials only a node that is in no cluster answers: 401 means that it is in one. */
async function stateOf(node: Node, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const status = await askNode(
    node,
    { call: get(node.api, '/v1/bootstrap', true), select: '.bootstrap_status' },
    systems,
    {
      signal,
      onRefused: () => ok(undefined),
    },
  );
  if (status.kind !== 'ok') return status;
  const { state } = (status.value ?? { state: 'completed' }) as BootstrapStatus;
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  return askNode(node, { call: get(node.api, '/v1/cluster'), select: '.name' }, systems, {
    signal,
    onRefused: () => {
      throw new Problem('foreign', {
        message: `${node.api.url} is a cluster already, and ${node.api.user} with this password is no user of it.`,
        hint: 'If it is yours, give --username and --password-file. If it is left over: redisdemo enterprise down',
      });
    },
  });
}

interface Asking {
  readonly signal: AbortSignal;
  readonly onRefused: () => Answer<unknown>;
}

/** A certificate that has changed is pinned anew where it can be read from the container itself. */
export async function askNode(
  { pin }: Node,
  question: Question,
  systems: Systems,
  { signal, onRefused }: Asking,
): Promise<Answer<unknown>> {
  try {
    return await systems.calls.ask(question, signal);
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_trusted' && pin) {
      await systems.perform.create(pin, { update: () => undefined, say: () => undefined });
      return failed('its certificate has changed', { transient: true });
    }
    if (error instanceof Problem && error.code === 'not_permitted') return onRefused();
    throw error;
  }
}

/** The node's own preflight: 406 with the status that a bootstrap would end with. */
async function valid(call: RestCall, systems: Systems, signal: AbortSignal): Promise<void> {
  const answer = await systems.calls.send(call, signal);
  if (answer.kind !== 'failed' || answer.transient === true) return;
  throw new Problem('system_failed', {
    message: `The node refuses to become a cluster: ${answer.reason}`,
    hint: 'Nothing was changed. Mend what it says, then run the same command again.',
    details: { code: answer.code ?? null },
  });
}

/** A cluster is there when it knows us, all its nodes are active, and its modules are listed. */
async function completed(node: Node, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const { api } = node;
  const waiting = { signal, onRefused: () => absent('it does not know its users yet') };
  const status = await askNode(
    node,
    { call: get(api, '/v1/bootstrap'), select: '.bootstrap_status' },
    systems,
    waiting,
  );
  if (status.kind !== 'ok') return settling(status);
  const { state, error_code: code, error_details: details } = status.value as BootstrapStatus;
  if (state === 'error') {
    return failed(`the bootstrap has failed: ${code ?? 'no code'}${details?.message ? `, ${details.message}` : ''}`);
  }
  if (state !== 'completed') return absent(`state ${state}`);
  const questions: readonly Question[] = [
    { call: get(api, '/v1/cluster'), select: '.name' },
    { call: get(api, '/v1/nodes'), select: 'if all(.[]; .status == "active") then true else empty end' },
    { call: get(api, '/v1/modules'), select: 'length' },
  ];
  for (const question of questions) {
    const answer = await askNode(node, question, systems, waiting);
    if (answer.kind === 'absent') return absent('not all its nodes are active');
    if (answer.kind !== 'ok') return settling(answer);
  }
  return ok(undefined);
}

/** Around the change of certificates the API resets, answers 503, or HTML: that is waited out. */
export function settling(answer: Answer<unknown>): Answer<unknown> {
  return answer.kind === 'failed' && answer.transient === true ? absent(answer.reason) : answer;
}
