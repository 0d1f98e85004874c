import type { PinnedCertificate } from '../../../plan/action.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import type { Api, Json, Question, RestCall } from '../../../plan/call.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Step, Waiting } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { nodeAsker, nodeStatus, type AskNode } from '../rest/node-question.ts';
import { get, transientAsAbsent } from '../rest/question.ts';
import { bootstrapFailure, bootstrapRefusals } from '../rest/refusals.ts';
import { loginAttempts, USERS_UNKNOWN, type LoginAttempts } from './login-attempts.ts';
import { certificateChange, type CertificateChange, type Successor } from './successor.ts';

interface BootstrapSettings {
  readonly api: Api;
  readonly clusterName: string;
  /** External IP addresses of the node; empty: its own. */
  readonly addresses: readonly string[];
  /** Only for a node in redisdemo's containers: it is read from the container again after the bootstrap changes it. */
  readonly pin?: PinnedCertificate | undefined;
  /** Only for a node at an address: records the certificate that the bootstrap replaces. */
  readonly successor?: Successor | undefined;
}

export const CREATE_CLUSTER = 'cluster';
const LIMIT_MS = 600_000;
const RETRY_MS = 120_000;

export function bootstrapSteps(settings: BootstrapSettings): Step[] {
  const { api, clusterName, pin, successor } = settings;
  const path = '/v1/bootstrap/create_cluster';
  const create: RestCall = { api, anonymous: true, method: 'POST', path, body: bodyOf(settings) };
  const own = pin !== undefined;
  const node: BootstrapNode = {
    ...{ api, own, successor },
    ask: nodeAsker(pin),
    logins: loginAttempts(api, own),
    change: certificateChange(api),
  };
  return [
    {
      id: CREATE_CLUSTER,
      title: `create cluster ${clusterName}`,
      action: { kind: 'resource', thing: `cluster ${clusterName}`, find: clusterNameQuestion(api), create },
      exists: { ask: (systems, working) => clusterOrFresh(node, systems, working) },
      retryForMs: RETRY_MS,
      dryRun: { ...create, path: '/v1/bootstrap/validate/create_cluster' },
      begin: async (systems) => {
        await successor?.expect();
        await node.change.expect(systems);
      },
      refusal: bootstrapRefusals(own),
      ...(successor && { refused: successor.forget }),
      ready: {
        what: `cluster ${clusterName}`,
        limitMs: LIMIT_MS,
        until: { kind: 'all', of: [{ kind: 'trusted', api, pin }, ...clusterAnswers(api)] },
        look: (waiting) => completed(node, waiting),
      },
    },
  ];
}

function bodyOf({ api, clusterName, addresses }: BootstrapSettings): Json {
  return {
    action: 'create_cluster',
    cluster: { name: clusterName },
    node: {
      // The key is bigstore_path: the tutorial's bigredis_storage_path belongs to another object, and is ignored.
      paths: {
        persistent_path: '/var/opt/redislabs/persist',
        ephemeral_path: '/var/opt/redislabs/tmp',
        bigstore_path: '/var/opt/redislabs/flash',
      },
      ...(addresses.length > 0 && { identity: { external_addr: addresses } }),
    },
    credentials: { username: api.user, password: { $secret: api.password } },
    // No license: that starts the trial. An empty one is an error.
  };
}

const clusterNameQuestion = (api: Api): Question => get(api, '/v1/cluster', '.name');

/** Selects something unless a node reports another status than active. */
export const allNodesActive = (api: Api): Question =>
  get(api, '/v1/nodes', 'if all(.[]; .status == null or .status == "active") then true else empty end');

function clusterAnswers(api: Api): readonly Condition[] {
  return [
    { kind: 'selected', question: clusterNameQuestion(api) },
    { kind: 'selected', question: allNodesActive(api), missing: 'not all its nodes are active' },
    { kind: 'selected', question: get(api, '/v1/modules', 'length') },
  ];
}

interface BootstrapNode {
  readonly api: Api;
  readonly ask: AskNode;
  /** In redisdemo's containers. */
  readonly own: boolean;
  readonly logins: LoginAttempts;
  readonly change: CertificateChange;
  readonly successor: Successor | undefined;
}

/** `absent`: fresh, or failed and free to start again. `ok`: a cluster or bootstrap of this user. Throws a Problem for others. */
async function clusterOrFresh(
  node: BootstrapNode,
  systems: Systems,
  { report, signal }: WorkContext,
): Promise<Answer<unknown>> {
  const { api, ask, logins } = node;
  const status = await nodeStatus(node, systems, signal);
  if (status.kind !== 'ok') return status;
  const { state, error_code: code, error_details: details } = status.value;
  if (state === 'error') {
    const why = [code, details?.message].filter(Boolean).join(', ');
    report.say(`the last bootstrap failed (${why}): it is started again`, 'note');
  }
  if (state !== 'completed') logins.expectNewCluster();
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  if (logins.isPaused()) return USERS_UNKNOWN;
  return ask(clusterNameQuestion(api), systems, { signal, onUnknownUser: logins.refused });
}

/** The status comes first: a login before the cluster knows its users is refused. */
async function completed(
  node: BootstrapNode,
  { systems, working: { signal }, holds }: Waiting,
): Promise<Answer<unknown>> {
  const { ask, own, logins, change, successor } = node;
  const status = await nodeStatus(node, systems, signal);
  if (status.kind !== 'ok') return transientAsAbsent(status);
  if (status.value.state === 'error') {
    await successor?.forget();
    throw bootstrapFailure('The bootstrap failed', status.value, own);
  }
  if (status.value.state !== 'completed') return absent(`state ${status.value.state}`);
  if (logins.isPaused()) return transientAsAbsent(USERS_UNKNOWN);
  const asking = <T>(question: Question<T>): Promise<Answer<T>> =>
    ask(question, systems, { signal, onUnknownUser: logins.refused });
  const answer = transientAsAbsent(await holds({ ...systems, calls: { ...systems.calls, ask: asking } }));
  if (answer.kind !== 'ok') return answer;
  return (await change.isPending(systems)) ? absent('it still shows its certificate from before') : ok(undefined);
}
