/**
 * One node among the others: all have the same state, the living one with the lowest uid changes it, the others are told.
 * The real product does the same with other means; a client only sees that any node answers for the whole cluster.
 */
import { askPeer } from './peer.ts';
import { withNode } from './placement.ts';
import type { ClusterState, Node } from './state.ts';
import type { Store } from './store.ts';
import type { Workload } from './workload.ts';

/** A node is gone after so many questions without an answer, one after the other. */
const MISSES = 3;
/** A machine that has much to do answers late. */
const BUSY_MS = 5000;

export interface Membership {
  /** undefined when this node itself is the one that decides. */
  readonly leader: () => Node | undefined;
  readonly hasQuorum: () => boolean;
  /** Resolves when all living nodes have followed. The state is another one at once. */
  readonly change: (change: (state: ClusterState) => ClusterState) => Promise<void>;
  readonly stop: () => void;
}

interface MembershipOptions {
  readonly uid: number;
  readonly store: Store;
  readonly workload: Workload;
  /** A node that cannot be reached for so long is gone; one that only says nothing, somewhat later. */
  readonly silenceMs: number;
}

export function joinMembers(options: MembershipOptions): Membership {
  const { uid, store, workload, silenceMs } = options;
  const misses = new Map<number, number>();
  const isAlive = (node: Node): boolean => node.uid === uid || (misses.get(node.uid) ?? 0) < MISSES;
  const living = (): Node[] => store.get().nodes.filter(isAlive);
  const hasQuorum = (): boolean => living().length * 2 > store.get().nodes.length;
  const leader = (): Node | undefined => {
    const first = living().toSorted((one, other) => one.uid - other.uid)[0];
    return first?.uid === uid ? undefined : first;
  };
  const change: Membership['change'] = async (next) => {
    store.update(next);
    const others = living().filter((node) => node.uid !== uid);
    const told = others.map((node) => tell(node, store.get()));
    await Promise.all([workload.follow(), ...told]);
  };
  const beat = async (): Promise<void> => {
    const others = store.get().nodes.filter((node) => node.uid !== uid);
    await Promise.all(others.map((node) => greet(node, options, misses)));
    await workload.follow(); // what failed is tried again
    if (leader() !== undefined || !hasQuorum()) return;
    const wrong = store.get().nodes.find((node) => node.alive !== isAlive(node));
    if (wrong !== undefined) await change((state) => withNode(state, wrong.uid, !wrong.alive));
  };
  return { leader, hasQuorum, change, stop: repeat(beat, silenceMs / MISSES) };
}

/** Returns what ends it. */
function repeat(work: () => Promise<void>, everyMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = setTimeout(() => {
      void work().finally(() => {
        if (timer !== undefined) next();
      });
    }, everyMs);
  };
  next();
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

async function tell({ peerUrl }: Node, state: ClusterState): Promise<void> {
  await askPeer(peerUrl, 'PUT /state', { body: state }).catch(() => undefined); // the next greeting finds out
}

async function greet(node: Node, options: MembershipOptions, misses: Map<number, number>): Promise<void> {
  const { store, workload, silenceMs } = options;
  const timeoutMs = Math.max(silenceMs, BUSY_MS);
  try {
    const { status, body } = await askPeer(node.peerUrl, 'GET /hello', { timeoutMs });
    misses.delete(node.uid);
    if (status !== 200 || (body as { readonly version: number }).version <= store.get().version) return;
    const { body: newer } = await askPeer(node.peerUrl, 'GET /state');
    if (store.adopt(newer as ClusterState)) await workload.follow();
  } catch {
    misses.set(node.uid, (misses.get(node.uid) ?? 0) + 1);
  }
}
