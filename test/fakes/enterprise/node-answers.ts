/**
 * What a node answers when all is well: about its own bootstrap itself, about the cluster the node that decides.
 *
 * Where each belief comes from: GET /v1/bootstrap needs credentials once the node is in a cluster: redis/docs,
 * api/requests/bootstrap; local_node_info, its uid a string: redis-enterprise-rs, tests/fixtures/bootstrap_status.json.
 * `no_cluster` and its words for every other path before: a public script that waits for it, facts B4.3. Not known: its
 * status; here 503, "node not responding or not a member" (api/_index.md), as when there is no quorum.
 */
import { hostname } from 'node:os';
import { ROUTES } from './all-routes.ts';
import { NOT_FOUND, Refusal, UNAUTHORIZED, type Answer } from './answer.ts';
import type { ApiRequest } from './api.ts';
import { readBootstrapRequest, validate, type Bootstrap, type BootstrapAction } from './bootstrap.ts';
import { RELEASES, type Release } from './families.ts';
import type { Lockout } from './lockout.ts';
import type { Member } from './member.ts';
import { machineInfo } from './node-routes.ts';
import { delaysOf, type Behaviour } from './options.ts';
import { askPeer } from './peer.ts';
import { answerWith, orRefusal, whoIs } from './routes.ts';
import { shaped } from './shape.ts';

export interface Core {
  readonly address: string;
  readonly behaviour: Behaviour;
  readonly bootstrap: Bootstrap;
  /** undefined before the bootstrap. */
  readonly member: () => Member | undefined;
  readonly lockout: Lockout;
  /** Until then databases are refused, in milliseconds since 1970. */
  readonly settledAt: () => number;
}

/** The node that decides has gone, and nobody has noticed. */
const NOBODY_THERE: Answer = { status: 503, body: 'upstream connect error', headers: { 'content-type': 'text/plain' } };

export function releaseOf({ family = '8.x' }: Behaviour): Release {
  return RELEASES[family];
}

export async function answerRequest(request: ApiRequest, core: Core): Promise<Answer> {
  const { lockout, behaviour } = core;
  if (core.member() !== undefined && lockout.isLocked(request.authorization)) return UNAUTHORIZED;
  const answer = await answerFor(request, core);
  if (answer.status === 401) lockout.refused(request.authorization);
  return shaped(answer, request.path, behaviour.troubles ?? {});
}

function answerFor(request: ApiRequest, core: Core): Promise<Answer> {
  return orRefusal(() => {
    if (/^\/v1\/bootstrap(\/|$)/.test(request.path)) return answerBootstrap(request, core);
    const { membership } = memberOf(core);
    if (!membership.hasQuorum()) throw new Refusal(503, 'no_quorum', 'The cluster has no quorum');
    const leader = membership.leader();
    if (leader === undefined) return decide(request, core);
    return askPeer(leader.peerUrl, 'POST /api', { body: request }).catch(() => NOBODY_THERE);
  });
}

/** On the node that decides. */
export function decide(request: ApiRequest, core: Core): Promise<Answer> {
  const { store, membership } = memberOf(core);
  return answerWith(ROUTES, request, {
    release: releaseOf(core.behaviour),
    delays: delaysOf(core.behaviour),
    troubles: core.behaviour.troubles ?? {},
    state: store.get,
    change: membership.change,
    settledAt: core.settledAt(),
    query: new URLSearchParams(request.query),
    body: request.body,
  });
}

function memberOf({ member }: Core): Member {
  const found = member();
  if (found === undefined) throw new Refusal(503, 'no_cluster', 'No cluster bootstrapped');
  return found;
}

function answerBootstrap({ method, path, authorization, body }: ApiRequest, core: Core): Answer {
  const member = core.member();
  if (member !== undefined && whoIs(authorization, member.store.get()) === undefined) return UNAUTHORIZED;
  const [, , , ...rest] = path.split('/');
  if (method === 'GET' && rest.length === 0) return showBootstrap(core, member);
  const action = rest.at(-1) as BootstrapAction;
  if (method !== 'POST' || !['create_cluster', 'join_cluster'].includes(action)) return NOT_FOUND;
  const request = readBootstrapRequest(action, body);
  if (rest[0] === 'validate' && rest.length === 2) {
    const wrong = validate(request, core.behaviour);
    return wrong === undefined ? { status: 200 } : { status: 406, body: wrong };
  }
  if (rest.length > 1) return NOT_FOUND;
  core.bootstrap.begin(request);
  return { status: 200 };
}

function showBootstrap({ address, behaviour, bootstrap }: Core, member: Member | undefined): Answer {
  const node = {
    ...machineInfo(releaseOf(behaviour)),
    available_addresses: [{ address, format: 'ipv4', if_name: 'eth0', private: true }],
    bridge_interfaces: [],
    cnm_version_sha: 'stand-in',
    short_hostname: hostname(),
    supported_bigstore_drivers: ['rocksdb'],
    ...(member !== undefined && { uid: String(member.uid) }),
  };
  return { status: 200, body: { bootstrap_status: bootstrap.status(), local_node_info: node } };
}
