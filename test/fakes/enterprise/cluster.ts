/**
 * A stand-in cluster in this process, for tests: nodes on 127.0.0.1, 127.0.0.2, … (Linux has all of 127.0.0.0/8), each
 * with the same ports, as containers have. What a client sees of them is said in node.ts. They start fresh: a test, or
 * the product, makes the cluster.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../redis-server.ts';
import type { Exchange } from './exchanges.ts';
import { startNode, type NodeOptions, type RunningNode } from './node.ts';
import type { Behaviour } from './options.ts';
import type { ClusterState } from './state.ts';

export interface ClusterOptions extends Behaviour {
  /** 1 if not said. */
  readonly nodes?: number;
}

export interface ClusterNode extends RunningNode {
  readonly address: string;
  /** `https://127.0.0.1:port` of the REST API, which is on 9443 in a container. */
  readonly url: string;
  /** After kill(): with what it had kept. */
  readonly restart: () => Promise<void>;
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  /** The first node's. */
  readonly url: string;
  /** What the first node's container holds. */
  readonly certificate: () => string;
  /** Of all nodes, in the order of their arrival. */
  readonly exchanges: () => readonly Exchange[];
  /** The newest that a node knows; undefined before there is a cluster. */
  readonly state: () => ClusterState | undefined;
  /** Removes all that it had. */
  readonly stop: () => Promise<void>;
}

export async function startCluster({ nodes: count = 1, ...behaviour }: ClusterOptions = {}): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'redisdemo-enterprise-'));
  const ports = { api: await freePort(), ui: await freePort(), peer: await freePort() };
  const addresses = Array.from({ length: count }, (_, at) => `127.0.0.${String(at + 1)}`);
  const start = (address: string): Promise<ClusterNode> =>
    startRestartable({ behaviour, address, host: address, shardHost: '127.0.0.1', ports, root: join(dir, address) });
  const nodes = await Promise.all(addresses.map(start));
  const [first] = nodes;
  if (first === undefined) throw new RangeError('a cluster has at least one node');
  return {
    nodes,
    url: first.url,
    certificate: first.certificate,
    exchanges: () => nodes.flatMap((node) => node.exchanges()).toSorted((one, other) => one.at - other.at),
    state: () => nodes.flatMap((node) => node.state() ?? []).toSorted((one, other) => other.version - one.version)[0],
    stop: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startRestartable(options: NodeOptions): Promise<ClusterNode> {
  let node = await startNode(options);
  let isRunning = true;
  const earlier: Exchange[] = [];
  return {
    address: options.address,
    url: `https://${options.address}:${String(options.ports.api)}`,
    exchanges: () => [...earlier, ...node.exchanges()],
    state: () => node.state(),
    certificate: () => node.certificate(),
    pids: () => (isRunning ? node.pids() : new Map()),
    kill: async () => {
      if (!isRunning) return;
      isRunning = false;
      await node.kill();
    },
    restart: async () => {
      earlier.push(...node.exchanges());
      node = await startNode(options);
      isRunning = true;
    },
  };
}
