/** Nodes come together. What they say to each other is the stand-in's own; what it means is said in bootstrap.ts. */
import type { Answer } from './answer.ts';
import type { ApiRequest } from './api.ts';
import { BootstrapError, type BootstrapRequest } from './bootstrap.ts';
import type { Kept } from './files.ts';
import { withNewNode } from './first-state.ts';
import type { Member } from './member.ts';
import { askPeer, type PeerRoutes } from './peer.ts';
import type { ClusterState, Node } from './state.ts';

interface JoinRequest {
  readonly credentials: BootstrapRequest['credentials'];
  readonly node: Omit<Node, 'uid'>;
}

/** Rejects with the reason as the real one names it: access_denied, connect_error. */
export async function joinCluster(
  { cluster, credentials }: BootstrapRequest,
  node: Omit<Node, 'uid'>,
  peerPort: number,
): Promise<Kept> {
  const [address = ''] = cluster.nodes ?? [];
  const body: JoinRequest = { credentials, node };
  const answer = await askPeer(`http://${address}:${String(peerPort)}`, 'POST /join', { body }).catch(() => undefined);
  if (answer?.status === 403) throw new BootstrapError('access_denied', 'Invalid credentials for the cluster');
  if (answer?.status !== 200) throw new BootstrapError('connect_error', `Cannot connect to cluster node '${address}'`);
  return answer.body as Kept;
}

export function peerRoutes(
  member: () => Member | undefined,
  decide: (request: ApiRequest) => Promise<Answer>,
): PeerRoutes {
  const ifMember = async (work: (member: Member) => Answer | Promise<Answer>): Promise<Answer> => {
    const found = member();
    return found === undefined ? { status: 503 } : work(found);
  };
  return {
    'GET /hello': () => ifMember(({ store }) => ({ status: 200, body: { version: store.get().version } })),
    'GET /state': () => ifMember(({ store }) => ({ status: 200, body: store.get() })),
    'PUT /state': (body) =>
      ifMember(async ({ store, workload }) => {
        if (store.adopt(body as ClusterState)) await workload.follow();
        return { status: 200 };
      }),
    'POST /api': (body) => decide(body as ApiRequest),
    'POST /join': (body) => ifMember((found) => admit(body as JoinRequest, found)),
  };
}

async function admit(request: JoinRequest, { store, membership }: Member): Promise<Answer> {
  const leader = membership.leader();
  if (leader !== undefined) return askPeer(leader.peerUrl, 'POST /join', { body: request });
  const { username, password } = request.credentials;
  const isKnown = store.get().users.some((user) => user.email === username && user.password === password);
  if (!isKnown) return { status: 403 };
  void membership.change((state) => withNewNode(state, request.node)); // it cannot follow yet
  const state = store.get();
  return { status: 200, body: { uid: state.nodes.at(-1)?.uid, state } };
}
