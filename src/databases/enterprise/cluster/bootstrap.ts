/**
 * From a fresh node to a cluster, over its REST API. The states of a node: idle, initiated, creating_cluster,
 * recovering_cluster, joining_cluster, error, completed.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/requests/bootstrap/
 */
import type { PinnedCertificate } from '../../../plan/action.ts';
import { absent, failed, ok, type Answer } from '../../../plan/answer.ts';
import type { Api, Json, Question, RestCall } from '../../../plan/call.ts';
import type { Condition } from '../../../plan/condition.ts';
import type { Step, Waiting } from '../../../plan/plan.ts';
import type { Calls, Systems } from '../../../plan/systems.ts';
import type { Working } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { CHANGE_LIMIT_MS, get, nodeAsker, type AskNode } from '../rest/question.ts';
import { bootstrapFailure, refusedBootstrap } from '../rest/refusals.ts';
import type { BootstrapStatus } from '../rest/shapes.ts';

export interface BootstrapSettings {
  readonly api: Api;
  readonly clusterName: string;
  /** IP addresses at which clients reach the node; none: its own. */
  readonly addresses: readonly string[];
  /**
   * The certificate of a node in a container that redisdemo made. It is read out of the container again when the node
   * becomes a cluster and makes another one.
   */
  readonly pin?: PinnedCertificate | undefined;
  /** For a node at an address: keeps note that it was told to become a cluster, which then has another certificate. */
  readonly successor?: Successor | undefined;
}

/** The certificate that a node makes itself when it becomes a cluster. */
export interface Successor {
  /** Called right before the node is told. */
  readonly expect: () => Promise<void>;
  /** Called when the node refuses, or fails: then another certificate is somebody else's. */
  readonly forget: () => Promise<void>;
}

/** The id of the step that makes a cluster. */
export const CLUSTER = 'cluster';
const LIMIT_MS = 600_000;
const PATIENCE_MS = 120_000;

export function bootstrapSteps({ api, clusterName, addresses, pin, successor }: BootstrapSettings): Step[] {
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
      ...(addresses.length > 0 && { identity: { external_addr: addresses } }),
    },
    credentials: { username: api.user, password: { $secret: api.password } },
    // No license: without one the trial begins, and an empty one is an error.
  };
  const create: RestCall = { api, anonymous: true, method: 'POST', path: '/v1/bootstrap/create_cluster', body };
  const cluster: Question = get(api, '/v1/cluster', '.name');
  const own = pin !== undefined;
  const logins: Logins = { mayBeNew: own, refused: 0, notBefore: 0 };
  const node: Node = { api, ask: nodeAsker(pin), own, logins, change: {}, successor };
  return [
    {
      id: CLUSTER,
      title: `create cluster ${clusterName}`,
      action: { kind: 'resource', thing: `cluster ${clusterName}`, find: cluster, create },
      exists: {
        ask: (systems, working) => clusterOrStart(node, systems, working),
      },
      patienceMs: PATIENCE_MS,
      rehearsal: { ...create, path: '/v1/bootstrap/validate/create_cluster' },
      begin: async ({ certificates }) => {
        await successor?.expect();
        if (api.trust.kind === 'pinned') node.change.before = await certificates.pinned(api.trust.file);
      },
      refusal: async (refused) => {
        await successor?.forget();
        return refusedBootstrap(refused, own);
      },
      ready: {
        what: `cluster ${clusterName}`,
        limitMs: LIMIT_MS,
        until: { kind: 'all', of: [{ kind: 'trusted', api, pin }, ...clusterAnswers(api)] },
        look: (waiting) => completed(node, waiting),
      },
    },
  ];
}

/** A cluster is there when it knows its user, all its nodes are active, and its modules are listed. */
function clusterAnswers(api: Api): readonly Condition[] {
  return [
    { kind: 'selected', question: get(api, '/v1/cluster', '.name') },
    { kind: 'selected', question: get(api, '/v1/nodes', ALL_ACTIVE), missing: 'not all its nodes are active' },
    { kind: 'selected', question: get(api, '/v1/modules', 'length') },
  ];
}

interface Node {
  readonly api: Api;
  readonly ask: AskNode;
  readonly own: boolean;
  readonly logins: Logins;
  readonly change: CertificateChange;
  readonly successor: Successor | undefined;
}

/**
 * Five wrong passwords lock an account:
 * https://redis.io/docs/latest/operate/rs/security/access-control/manage-users/login-lockout/
 */
interface Logins {
  /**
   * A cluster in its first seconds can refuse the right password. True for a cluster in redisdemo's own container, because
   * an earlier run may have started its bootstrap, and for one that this run saw before the end of its bootstrap.
   */
  mayBeNew: boolean;
  refused: number;
  /** When the next one can be sent, as performance.now() counts. */
  notBefore: number;
}

/**
 * A node that becomes a cluster makes itself another certificate, and may show it only some seconds after it reports the
 * end of the bootstrap. Whatever is asked next would then meet a stranger.
 */
interface CertificateChange {
  /** The fingerprint that was pinned when the bootstrap was started from here. */
  before?: string | undefined;
  /** Since when everything else is ready, as performance.now() counts. */
  awaitedSince?: number;
}

/** A cluster in its first seconds may not know its users yet: then so long after each refusal it is asked again. */
const NEXT_LOGIN_MS = [1000, 5000];
/** Not `absent`, which would start the bootstrap again. */
const USERS_UNKNOWN = failed('it does not know its users yet', { transient: true });

/** Without credentials only a node that is in no cluster answers. */
export function statusOf(api: Api): Question {
  const question = get(api, '/v1/bootstrap', '.bootstrap_status');
  return { ...question, call: { ...question.call, anonymous: true } };
}

/**
 * `absent`: fresh, or failed and free to start again. `ok`: a cluster with this user, or one that is being made and can be
 * waited for. Throws a Problem for somebody else's.
 */
async function clusterOrStart(node: Node, systems: Systems, { report, signal }: Working): Promise<Answer<unknown>> {
  const { api, ask, logins } = node;
  const status = await statusNow(node, systems, signal);
  if (status.kind !== 'ok') return status;
  const { state, error_code: code, error_details: details } = status.value;
  if (state === 'error') {
    const why = [code, details?.message].filter(Boolean).join(', ');
    report.say(`the last bootstrap failed (${why}): it is started again`, 'note');
  }
  if (state !== 'completed') logins.mayBeNew = true;
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  if (performance.now() < logins.notBefore) return USERS_UNKNOWN;
  return ask(get(api, '/v1/cluster', '.name'), systems, { signal, onRefused: () => loginRefused(node) });
}

/** 401 without credentials means that the node is in a cluster. */
async function statusNow({ api, ask }: Node, systems: Systems, signal: AbortSignal): Promise<Answer<BootstrapStatus>> {
  const onRefused = (): Answer<unknown> => ok({ state: 'completed' });
  return (await ask(statusOf(api), systems, { signal, onRefused })) as Answer<BootstrapStatus>;
}

/** Once is enough for a cluster that was there before; one that may be new is asked again, twice. */
function loginRefused({ api, own, logins }: Node): Answer<never> {
  const pause = logins.mayBeNew ? NEXT_LOGIN_MS[logins.refused] : undefined;
  if (pause === undefined) {
    throw new Problem('password_differs', {
      message: `${api.url} is already a cluster, and it does not accept ${api.user} with this password.`,
      hint: own
        ? 'Its password is lost. Delete the cluster and its data, and start over: redisdemo enterprise down'
        : 'Give the administrator of that cluster: --username and --password-file. Five wrong passwords lock an account.',
    });
  }
  logins.refused += 1;
  logins.notBefore = performance.now() + pause;
  return USERS_UNKNOWN;
}

/** The status comes first: whoever logs in before a cluster knows its users is refused. */
async function completed(node: Node, { systems, working: { signal }, holds }: Waiting): Promise<Answer<unknown>> {
  const { ask, own, logins } = node;
  const status = await statusNow(node, systems, signal);
  if (status.kind !== 'ok') return settling(status);
  const found = status.value;
  if (found.state === 'error') {
    await node.successor?.forget();
    throw bootstrapFailure('The bootstrap failed', found, own);
  }
  if (found.state !== 'completed') return absent(`state ${found.state}`);
  if (performance.now() < logins.notBefore) return settling(USERS_UNKNOWN);
  const asking: Calls['ask'] = (question) => ask(question, systems, { signal, onRefused: () => loginRefused(node) });
  const answer = settling(await holds({ ...systems, calls: { ...systems.calls, ask: asking } }));
  if (answer.kind !== 'ok') return answer;
  return (await isToChange(node, systems)) ? absent('it still shows its certificate from before') : ok(undefined);
}

async function isToChange({ api: { trust }, change }: Node, { certificates }: Systems): Promise<boolean> {
  if (change.before === undefined || trust.kind !== 'pinned') return false;
  change.awaitedSince ??= performance.now();
  if (performance.now() - change.awaitedSince > CHANGE_LIMIT_MS) return false;
  return (await certificates.pinned(trust.file)) === change.before;
}

/** jq: true when no node says that it is anything else. */
export const ALL_ACTIVE = 'if all(.[]; .status == null or .status == "active") then true else empty end';

/** Around the change of certificates the API resets, answers 503, or HTML: that is waited out. */
export function settling<T>(answer: Answer<T>): Answer<T> {
  return answer.kind === 'failed' && answer.transient === true ? absent(answer.reason) : answer;
}
