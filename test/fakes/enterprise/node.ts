/**
 * One node of a stand-in cluster of Redis Software (Redis Enterprise), as the image `redislabs/redis` starts it.
 *
 * How a client sees it: nothing answers, then connections break and HTML comes, then GET /v1/bootstrap says `idle`
 * without credentials, and every other path `no_cluster`. POST /v1/bootstrap/create_cluster makes a cluster of it: for a
 * while `creating_cluster`, then connections break again, the certificate is another one (it lies in the container, see
 * files.ts), HTML and 401 come, and after that nothing answers without credentials. Databases are refused with 406 for a
 * moment more. Then POST /v1/bdbs makes one: `pending`, `active`, and a real redis-server with the password behind its
 * port. What each part relies on is said in the file of the part.
 */
import { hostname } from 'node:os';
import { BootstrapError, openBootstrap, type BootstrapRequest } from './bootstrap.ts';
import { makeIdentities } from './certificate.ts';
import { recordExchanges, type Exchange } from './exchanges.ts';
import { openFiles, type Kept } from './files.ts';
import { firstState } from './first-state.ts';
import { joinCluster, peerRoutes } from './joining.ts';
import { openLockout } from './lockout.ts';
import { enterCluster, type Member } from './member.ts';
import { answerRequest, decide, releaseOf, type Core } from './node-answers.ts';
import { delaysOf, type Behaviour } from './options.ts';
import { openPeer } from './peer.ts';
import type { ClusterState, Node } from './state.ts';
import { openWeb } from './web.ts';

/** Longer than a command needs for the three questions that tell that a cluster is ready. */
const LATE_MS = 1000;

export interface NodeOptions {
  readonly behaviour: Behaviour;
  /** What others call it. */
  readonly address: string;
  /** Where it listens. */
  readonly host: string;
  /** Where the other nodes reach its shards. */
  readonly shardHost: string;
  readonly ports: { readonly api: number; readonly ui: number; readonly peer: number };
  /** The directory that stands for the root of a container. */
  readonly root: string;
  /** Called when it had to die in the middle of something. */
  readonly onDeath?: () => void;
}

export interface RunningNode {
  readonly exchanges: () => readonly Exchange[];
  readonly state: () => ClusterState | undefined;
  /** What lies in the container. */
  readonly certificate: () => string;
  /** The processes of redis-server, by the uid of the database. */
  readonly pids: () => ReadonlyMap<number, number>;
  /** As SIGKILL: connections break, its shards are gone. */
  readonly kill: () => Promise<void>;
}

/** Resolves when its ports listen, long before it answers. */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { behaviour, host, ports, onDeath } = options;
  const files = openFiles(options.root);
  const kept = files.state();
  const identities = kept?.state.identities ?? makeIdentities(hostname());
  files.keepIdentities(identities);
  const delays = delaysOf(behaviour);
  let member: Member | undefined;
  let settledAt = 0;
  let ended = false;

  const enter = async (next: Kept): Promise<void> => {
    const entered = await enterCluster(next, { files, host, silenceMs: delays.failover });
    if (ended) await entered.kill();
    else member = entered;
  };
  const perform = async (request: BootstrapRequest): Promise<void> => {
    if (ended) throw new BootstrapError('internal_error', 'the node has ended');
    const next = await createOrJoin(request, options);
    settledAt = Date.now() + delays.swap + delays.settle;
    files.keepIdentities(next.state.identities);
    await enter(next);
    const restart = (): void => {
      web.restart(next.state.identities);
    };
    if (behaviour.troubles?.certificate === 'late') setTimeout(restart, LATE_MS);
    else restart();
  };
  const kill = async (): Promise<void> => {
    ended = true;
    await Promise.all([web.close(), peer.close()]);
    await member?.kill();
  };
  const die = (): void => void kill().then(onDeath);
  const bootstrap = openBootstrap({ behaviour, completed: kept !== undefined, perform, die });
  const core: Core = {
    ...options,
    bootstrap,
    member: () => member,
    lockout: openLockout(),
    settledAt: () => settledAt,
  };
  const exchanges = recordExchanges(files.requests);
  const answer: Parameters<typeof openWeb>[0]['answer'] = (request) => answerRequest(request, core);
  const web = await openWeb({ ...options, identities, exchanges, answer });
  const routes = peerRoutes(core.member, (request) => decide(request, core));
  const peer = await openPeer({ host, port: ports.peer }, routes);
  if (kept !== undefined) await enter(kept);
  return {
    exchanges: exchanges.all,
    state: () => member?.store.get(),
    certificate: files.certificate,
    pids: () => member?.workload.pids() ?? new Map(),
    kill,
  };
}

async function createOrJoin(request: BootstrapRequest, options: NodeOptions): Promise<Kept> {
  const { address, shardHost, ports, behaviour } = options;
  const node: Omit<Node, 'uid'> = {
    address,
    shardHost,
    peerUrl: `http://${address}:${String(ports.peer)}`,
    external: request.node?.identity?.external_addr ?? [],
    alive: true,
  };
  if (request.action === 'join_cluster') return joinCluster(request, node, ports.peer);
  return { uid: 1, state: firstState(request, node, releaseOf(behaviour)) };
}
