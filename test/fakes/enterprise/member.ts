/** A node that is in a cluster: its state, its shards and the other nodes. */
import type { Files, Kept } from './files.ts';
import { joinMembers, type Membership } from './membership.ts';
import { askPeer } from './peer.ts';
import type { ClusterState } from './state.ts';
import { openStore, type Store } from './store.ts';
import { openWorkload, type Workload } from './workload.ts';

export interface Member {
  readonly uid: number;
  readonly store: Store;
  readonly workload: Workload;
  readonly membership: Membership;
  readonly kill: () => Promise<void>;
}

interface MemberOptions {
  readonly files: Files;
  readonly host: string;
  readonly silenceMs: number;
}

/** Resolves when the node's shards and ports are there. */
export async function enterCluster({ uid, state }: Kept, { files, host, silenceMs }: MemberOptions): Promise<Member> {
  let ended = false;
  const newest = await askNewest(uid, state);
  const store = openStore(newest, (next) => {
    if (!ended) files.keepState({ uid, state: next });
  });
  const workload = openWorkload({ uid, host, dir: files.data, state: store.get });
  const membership = joinMembers({ uid, store, workload, silenceMs });
  await workload.follow();
  return {
    uid,
    store,
    workload,
    membership: {
      ...membership,
      change: (change) => (ended ? Promise.resolve() : membership.change(change)),
    },
    kill: async () => {
      ended = true;
      membership.stop();
      await workload.kill();
    },
  };
}

/** A node that was away may have missed something. */
async function askNewest(uid: number, own: ClusterState): Promise<ClusterState> {
  const others = own.nodes.filter((node) => node.uid !== uid && node.alive);
  const answers = await Promise.all(
    others.map(({ peerUrl }) => askPeer(peerUrl, 'GET /state', { timeoutMs: 5000 }).catch(() => undefined)),
  );
  const states = answers.flatMap((answer) => (answer?.status === 200 ? [answer.body as ClusterState] : []));
  return states.reduce((newest, state) => (state.version > newest.version ? state : newest), own);
}
