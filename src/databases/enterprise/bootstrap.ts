/**
 * From a fresh node to a cluster, over its REST API. The states of a node: idle, initiated, creating_cluster,
 * recovering_cluster, joining_cluster, error, completed.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bootstrap/
 */
import type { PinCertificate } from '../../plan/action.ts';
import { absent, ok, type Answer } from '../../plan/answer.ts';
import { questionLine } from '../../plan/call-lines.ts';
import type { Api, Json, Question, RestCall } from '../../plan/call.ts';
import { createLine } from '../../plan/lines.ts';
import type { Step } from '../../plan/plan.ts';
import { quote } from '../../plan/shell.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { get, nodeAsker, type AskNode } from './question.ts';
import { bootstrapFailure, refusedBootstrap } from './refusals.ts';

export interface BootstrapSettings {
  readonly api: Api;
  readonly clusterName: string;
  /** How the certificate is trusted anew: the node makes another one when it becomes a cluster. */
  readonly pin?: PinCertificate | undefined;
}

const LIMIT_MS = 600_000;
const PATIENCE_MS = 120_000;
/** https://curl.se/libcurl/c/libcurl-errors.html, CURLE_SSL_PINNEDPUBKEYNOTMATCH */
const OTHER_KEY = '90';

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
  const cluster: Question = get(api, '/v1/cluster', '.name');
  const node: Node = { api, ask: nodeAsker(pin) };
  return [
    {
      title: `create cluster ${clusterName}`,
      action: { kind: 'resource', thing: `cluster ${clusterName}`, find: cluster, create },
      exists: {
        ask: (systems, working) => clusterOrStart(node, systems, working),
        shell: existsShell(cluster),
      },
      patienceMs: PATIENCE_MS,
      rehearsal: { ...create, path: '/v1/bootstrap/validate/create_cluster' },
      refusal: refusedBootstrap,
      ready: {
        what: `cluster ${clusterName}`,
        limitMs: LIMIT_MS,
        ask: (systems, { signal }) => completed(node, systems, signal),
        shell: [trustAnewLine(api, pin), existsShell(cluster)].filter(Boolean).join(' && '),
      },
    },
  ];
}

/** A script cannot decide for a person whether the new certificate of a node at an address is the right one. */
function trustAnewLine({ url, trust }: Api, pin: PinCertificate | undefined): string {
  if (pin) return createLine<'pinCertificate'>(pin) ?? '';
  if (trust.kind !== 'pinned') return '';
  const key = quote(`${trust.file}.pub`);
  const { hostname, port } = new URL(url);
  const shown = `openssl s_client -connect ${hostname}:${port || '443'} </dev/null 2>/dev/null | openssl x509`;
  const words = `the certificate is the one of the cluster now; if it is right: ${shown} -pubkey -noout >${key}`;
  return (
    `{ curl --silent --output /dev/null --insecure --pinnedpubkey ${key} ${quote(`${url}/v1/bootstrap`)}; ` +
    `[ $? -ne ${OTHER_KEY} ] || { ${shown} -fingerprint -sha256 -noout >&2; echo ${quote(words)} >&2; exit 4; }; }`
  );
}

function existsShell(question: Question): string {
  return `[ -n "$(${questionLine(question)})" ]`;
}

interface Node {
  readonly api: Api;
  readonly ask: AskNode;
}

/** Nested in the answer of /v1/bootstrap. */
export interface BootstrapStatus {
  readonly state: string;
  readonly error_code?: string | null;
  readonly error_details?: { readonly message?: string } | null;
}

/** Without credentials only a node that is in no cluster answers. */
export function statusOf(api: Api): Question {
  return { call: { ...get(api, '/v1/bootstrap').call, anonymous: true }, select: '.bootstrap_status' };
}

/**
 * `absent`: fresh, or failed and free to start again. `ok`: a cluster of ours, or one that is being made and may be
 * waited for. Throws a Problem for somebody else's.
 */
async function clusterOrStart(
  { api, ask }: Node,
  systems: Systems,
  { report, signal }: Working,
): Promise<Answer<unknown>> {
  // 401 means that it is in a cluster.
  const status = await ask(statusOf(api), systems, { signal, onRefused: () => ok({ state: 'completed' }) });
  if (status.kind !== 'ok') return status;
  const { state, error_code: code, error_details: details } = status.value as BootstrapStatus;
  if (state === 'error') {
    const why = [code, details?.message].filter(Boolean).join(', ');
    report.say(`the last bootstrap has failed (${why}): it is begun again`, 'note');
  }
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  return ask(get(api, '/v1/cluster', '.name'), systems, {
    signal,
    onRefused: () => {
      throw new Problem('foreign', {
        message: `${api.url} is a cluster already, and ${api.user} with this password is no user of it.`,
        hint: 'If it is yours, give --username and --password-file. If it is left over: redisdemo enterprise down',
      });
    },
  });
}

/** A cluster is there when it knows us, all its nodes are active, and its modules are listed. */
async function completed({ api, ask }: Node, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const waiting = { signal, onRefused: () => absent('it does not know its users yet') };
  const status = await ask(get(api, '/v1/bootstrap', '.bootstrap_status'), systems, waiting);
  if (status.kind !== 'ok') return settling(status);
  const found = status.value as BootstrapStatus;
  if (found.state === 'error') throw bootstrapFailure('The bootstrap has failed', found);
  if (found.state !== 'completed') return absent(`state ${found.state}`);
  const questions: readonly Question[] = [
    get(api, '/v1/cluster', '.name'),
    get(api, '/v1/nodes', 'if all(.[]; .status == "active") then true else empty end'),
    get(api, '/v1/modules', 'length'),
  ];
  for (const question of questions) {
    const answer = await ask(question, systems, waiting);
    if (answer.kind === 'absent') return absent('not all its nodes are active');
    if (answer.kind !== 'ok') return settling(answer);
  }
  return ok(undefined);
}

/** Around the change of certificates the API resets, answers 503, or HTML: that is waited out. */
export function settling(answer: Answer<unknown>): Answer<unknown> {
  return answer.kind === 'failed' && answer.transient === true ? absent(answer.reason) : answer;
}
