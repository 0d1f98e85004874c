/** A cluster in its first second, and one with another node. */
import { makeIdentities } from './certificate.ts';
import { now, type BootstrapRequest } from './bootstrap.ts';
import type { Release } from './families.ts';
import type { ClusterState, Node } from './state.ts';
import { FIRST_ACLS, FIRST_ROLES } from './user-routes.ts';

/** The administrator's name is not his e-mail address: redis-enterprise-rs, tests/fixtures/users_list.json. */
export function firstState(request: BootstrapRequest, node: Omit<Node, 'uid'>, release: Release): ClusterState {
  const { username, password } = request.credentials;
  const name = request.cluster.name ?? '';
  const admin = { uid: 1, email: username, name: 'Administrator', password, role_uids: [1] };
  return {
    version: 1,
    name,
    created: now(),
    identities: makeIdentities(name),
    nodes: [{ ...node, uid: 1 }],
    databases: [],
    users: [{ ...admin, email_alerts: true, auth_method: 'regular', issued: now() }],
    roles: FIRST_ROLES,
    acls: FIRST_ACLS,
    policy: {
      default_non_sharded_proxy_policy: 'single',
      default_provisioned_redis_version: release.defaultVersion,
      default_sharded_proxy_policy: 'all-master-shards',
      redis_upgrade_policy: 'major',
      shards_overbooking: true,
    },
    actions: [],
    next: { database: 1, shard: 1, thing: 100 },
  };
}

export function withNewNode(state: ClusterState, node: Omit<Node, 'uid'>): ClusterState {
  const uid = Math.max(...state.nodes.map((other) => other.uid)) + 1;
  return { ...state, nodes: [...state.nodes, { ...node, uid }] };
}
