/** Further nodes: each one is told, by its own REST API, which cluster to join. */
import type { Home } from '../../../home.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import { fillIn, type Api, type Facts } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { NETWORK } from '../../../plan/shared-network.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { nodeAsker, nodeStatus, type AskNode } from '../rest/node-question.ts';
import { get, transientAsAbsent } from '../rest/question.ts';
import { bootstrapFailure } from '../rest/refusals.ts';
import { adminPassword, nodeApi, nodeName, type EnterpriseSettings } from '../settings.ts';
import { recordAddresses } from './addresses.ts';
import { pinOf } from './nodes.ts';

const LIMIT_MS = 300_000;
const RETRY_MS = 120_000;

export function joinSteps(settings: EnterpriseSettings, home: Home): Step[] {
  const others = Array.from({ length: settings.nodes - 1 }, (_, index) => index + 2);
  if (others.length === 0) return [];
  return [
    addressStep(1),
    ...others.flatMap((node) => [
      addressStep(node),
      joinStep(node, settings, home),
      // As a member the node shows the certificate of the cluster.
      {
        id: `pin-member-${String(node)}`,
        title: `pin the certificate of the cluster at ${nodeName(node)}`,
        action: pinOf(node, home),
      },
    ]),
  ];
}

const factOf = (node: number): string => `NODE_${String(node)}`;

function addressStep(node: number): Step {
  const container = nodeName(node);
  return {
    id: `address-${String(node)}`,
    title: `find the address of ${container}`,
    action: {
      kind: 'lookup',
      thing: `address of ${container}`,
      find: { container, network: NETWORK },
      fact: factOf(node),
    },
  };
}

function joinStep(number: number, settings: EnterpriseSettings, home: Home): Step {
  const api = nodeApi(number, settings, home);
  const joining: JoiningNode = { number, api, ask: nodeAsker(pinOf(number, home)) };
  const first = nodeApi(1, settings, home);
  const isIt = `.addr == "{{${factOf(number)}}}"`;
  const member = get(first, '/v1/nodes', `.[] | select(${isIt}) | .uid`);
  const active = get(first, '/v1/nodes', `.[] | select(${isIt} and (.status == null or .status == "active")) | .uid`);
  return {
    id: `join-${String(number)}`,
    title: `join ${nodeName(number)} to the cluster`,
    action: {
      kind: 'resource',
      thing: `node ${nodeName(number)}`,
      find: member,
      create: {
        api,
        anonymous: true,
        method: 'POST',
        path: '/v1/bootstrap/join_cluster',
        body: {
          action: 'join_cluster',
          cluster: { nodes: [`{{${factOf(1)}}}`] },
          credentials: { username: api.user, password: { $secret: adminPassword(home) } },
          node: { identity: { external_addr: ['127.0.0.1'] } },
        },
      },
    },
    exists: {
      ask: async (systems, { signal }, facts) => {
        const found = await systems.calls.ask(fillIn(member, facts), signal);
        return found.kind === 'absent' ? freeToJoin(joining, systems, { signal, facts }) : found;
      },
    },
    retryForMs: RETRY_MS,
    ready: {
      what: `${nodeName(number)} to be active`,
      limitMs: LIMIT_MS,
      until: { kind: 'selected', question: active },
      look: async ({ systems, working: { signal }, holds }) => {
        const isActive = transientAsAbsent(await holds());
        if (isActive.kind === 'absent') return stateOfJoin(joining, systems, signal);
        if (isActive.kind === 'ok' && number === settings.nodes) await recordAddresses(settings.nodes, home, systems);
        return isActive;
      },
    },
  };
}

interface JoiningNode {
  readonly number: number;
  readonly api: Api;
  readonly ask: AskNode;
}

/** `absent` only for a node that is in no cluster. Throws a Problem for one that is in a cluster under another address. */
async function freeToJoin(
  node: JoiningNode,
  systems: Systems,
  { signal, facts }: { readonly signal: AbortSignal; readonly facts: Facts },
): Promise<Answer<unknown>> {
  const status = await nodeStatus(node, systems, signal);
  if (status.kind !== 'ok') return status;
  const { state } = status.value;
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  throw new Problem('address_changed', {
    message:
      `${nodeName(node.number)} is in a cluster already, and the cluster of ${nodeName(1)} has no node at its address ` +
      `${String(facts.get(factOf(node.number)))}. Its address has changed, or it belongs to another cluster.`,
    hint: 'Start over, which deletes the cluster and its data: redisdemo enterprise down',
  });
}

/** A node reports why it cannot join (`time_not_sync` and the like). Once a member, it refuses anonymous requests. */
async function stateOfJoin(node: JoiningNode, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  const status = await nodeStatus(node, systems, signal, () => absent('not active yet'));
  if (status.kind !== 'ok') return transientAsAbsent(status);
  if (status.value.state === 'error') throw bootstrapFailure('It could not join the cluster', status.value, true);
  return absent(`state ${status.value.state}`);
}
