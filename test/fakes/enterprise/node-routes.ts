/**
 * /v1/nodes and /v1/shards.
 *
 * Where each belief comes from:
 * - fields of a node, three of them undocumented: redis-enterprise-rs, tests/fixtures/node_single.json; of a shard, with
 *   uid and node_uid as strings: tests/fixtures/shards_list.json. A node that does not answer is `down`: redis/docs,
 *   api/objects/node.
 * - GET /v1/nodes/status is an object by uid: redis/docs, api/requests/nodes/status.md, its example.
 * - PUT /v1/nodes/{uid} sets external_addr: a public script, facts B5. `node_not_found` with 400: api/requests/nodes.
 */
import { now } from './bootstrap.ts';
import { Refusal, type Answer } from './answer.ts';
import { supportedVersions, type Release } from './families.ts';
import { freeRamOf, TOTAL_MEMORY } from './limits.ts';
import type { Context, Route } from './routes.ts';
import type { ClusterState, Node, Shard } from './state.ts';

export const NODE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/nodes',
    handle: ({ state, release }) => ({
      status: 200,
      body: state().nodes.map((node) => showNode(node, state(), release)),
    }),
  },
  { method: 'GET', path: '/v1/nodes/status', handle: statuses },
  {
    method: 'GET',
    path: '/v1/nodes/{uid}',
    handle: (context) => ({ status: 200, body: showNode(find(context, 404), context.state(), context.release) }),
  },
  {
    method: 'GET',
    path: '/v1/nodes/{uid}/status',
    handle: (context) => ({ status: 200, body: showStatus(find(context, 404), context) }),
  },
  { method: 'PUT', path: '/v1/nodes/{uid}', needs: 'cluster', handle: change },
  { method: 'GET', path: '/v1/shards', handle: ({ state }) => ({ status: 200, body: showShards(state()) }) },
  {
    method: 'GET',
    path: '/v1/bdbs/{uid}/shards',
    handle: ({ state, params }) => {
      const databases = state().databases.filter(({ uid }) => String(uid) === params['uid']);
      return { status: 200, body: showShards({ databases }) };
    },
  },
];

/** The same in GET /v1/bootstrap. */
export function machineInfo({ software, ...release }: Release): object {
  return {
    architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    bigredis_storage_path: '/var/opt/redislabs/flash',
    cores: 4,
    ephemeral_storage_path: '/var/opt/redislabs/tmp',
    ephemeral_storage_size: 1_081_100_128_256,
    fips_enabled: false,
    os_family: 'ubuntu',
    os_name: 'ubuntu',
    os_semantic_version: '22.04',
    os_version: 'Ubuntu 22.04.5 LTS',
    persistent_storage_path: '/var/opt/redislabs/persist',
    persistent_storage_size: 1_081_100_128_256,
    software_version: software,
    supported_database_versions: supportedVersions({ software, ...release }),
    total_memory: TOTAL_MEMORY,
    uptime: Math.floor(process.uptime()),
  };
}

function showNode(node: Node, state: ClusterState, release: Release): object {
  const shards = shardsOn(node, state).map(({ uid }) => uid);
  return {
    ...machineInfo(release),
    accept_servers: true,
    addr: node.address,
    bigstore_enabled: false,
    external_addr: node.external,
    flash_shard_count: 0,
    max_listeners: 100,
    max_redis_servers: 100,
    rack_id: '',
    ram_shard_count: shards.length,
    second_rack_id: '',
    shard_count: shards.length,
    shard_list: shards,
    status: node.alive ? 'active' : 'down',
    uid: node.uid,
    use_internal_ipv6: false,
  };
}

function statuses(context: Context): Answer {
  const { nodes } = context.state();
  return { status: 200, body: Object.fromEntries(nodes.map((node) => [String(node.uid), showStatus(node, context)])) };
}

function showStatus(node: Node, { state, release, troubles }: Context): object {
  const shards = shardsOn(node, state());
  const uids = (role: Shard['role']): string[] =>
    shards.filter((shard) => shard.role === role).map(({ uid }) => String(uid));
  const first = state().nodes.find(({ alive }) => alive);
  return {
    cores: 4,
    free_provisional_ram: freeRamOf(node, state(), troubles),
    free_ram: TOTAL_MEMORY / 2,
    hostname: node.address,
    master_shards: uids('master'),
    node_overbooking_depth: 0,
    node_status: node.alive ? 'active' : 'down',
    role: node.uid === first?.uid ? 'master' : 'slave',
    slave_shards: uids('slave'),
    software_version: release.software,
    total_memory: TOTAL_MEMORY,
    total_provisional_ram: freeRamOf(node, { ...state(), databases: [] }, troubles),
  };
}

async function change(context: Context): Promise<Answer> {
  const node = find(context, 400);
  const { external_addr: external } = context.body as { readonly external_addr?: readonly string[] };
  const next = { ...node, external: external ?? node.external };
  await context.change((state) => ({
    ...state,
    nodes: state.nodes.map((other) => (other.uid === node.uid ? next : other)),
  }));
  return { status: 200, body: showNode(next, context.state(), context.release) };
}

function find({ state, params }: Context, status: number): Node {
  const node = state().nodes.find(({ uid }) => String(uid) === params['uid']);
  if (node === undefined) throw new Refusal(status, 'node_not_found', 'Node does not exist');
  return node;
}

function shardsOn({ uid }: Node, { databases }: ClusterState): Shard[] {
  return databases.flatMap(({ shards }) => shards).filter(({ node }) => node === uid);
}

function showShards({ databases }: Pick<ClusterState, 'databases'>): object[] {
  return databases.flatMap((database) =>
    database.shards.map(({ uid, node, role }) => ({
      assigned_slots: '0-16383',
      bdb_uid: database.uid,
      detailed_status: 'ok',
      loading: { status: 'idle' },
      node_uid: String(node),
      redis_info: {},
      report_timestamp: now(),
      role,
      status: 'active',
      uid: String(uid),
    })),
  );
}
