/** Further nodes: each is told, on its own REST API, which cluster to join. */
import type { Home } from '../../../home.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import { fillIn, type Api, type Facts, type Question } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { addressOf, rememberPlaces } from './addresses.ts';
import { settling, statusOf } from './bootstrap.ts';
import { pinOf } from './nodes.ts';
import { get, nodeAsker, type AskNode } from '../rest/question.ts';
import { bootstrapFailure } from '../rest/refusals.ts';
import { adminPassword, nodeApi, nodeName, type EnterpriseSettings } from '../settings.ts';
import type { BootstrapStatus } from '../rest/shapes.ts';

const LIMIT_MS = 300_000;
const PATIENCE_MS = 120_000;

export function joinSteps(settings: EnterpriseSettings, home: Home): Step[] {
  const others = Array.from({ length: settings.nodes - 1 }, (_, index) => index + 2);
  if (others.length === 0) return [];
  return [
    addressStep(1),
    ...others.flatMap((node) => [
      addressStep(node),
      joinStep(node, settings, home),
      // As a member it shows the certificate of the cluster.
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
    action: addressOf(container, factOf(node)),
  };
}

function joinStep(node: number, settings: EnterpriseSettings, home: Home): Step {
  const own = nodeApi(node, settings, home);
  const ask = nodeAsker(pinOf(node, home));
  const first = nodeApi(1, settings, home);
  const isIt = `.addr == "{{${factOf(node)}}}"`;
  const member = get(first, '/v1/nodes', `.[] | select(${isIt}) | .uid`);
  const active = get(first, '/v1/nodes', `.[] | select(${isIt} and (.status == null or .status == "active")) | .uid`);
  return {
    id: `join-${String(node)}`,
    title: `join ${nodeName(node)} to the cluster`,
    action: {
      kind: 'resource',
      thing: `node ${nodeName(node)}`,
      find: member,
      create: {
        api: own,
        anonymous: true,
        method: 'POST',
        path: '/v1/bootstrap/join_cluster',
        body: {
          action: 'join_cluster',
          cluster: { nodes: [`{{${factOf(1)}}}`] },
          credentials: { username: own.user, password: { $secret: adminPassword(home) } },
          node: { identity: { external_addr: ['127.0.0.1'] } },
        },
      },
    },
    exists: {
      ask: (systems, { signal }, facts) => memberOrFree({ node, own, ask, member }, systems, { signal, facts }),
    },
    patienceMs: PATIENCE_MS,
    ready: {
      what: `${nodeName(node)} to be active`,
      limitMs: LIMIT_MS,
      until: { kind: 'selected', question: active },
      look: async ({ systems, working: { signal }, holds }) => {
        const answer = await joined({ own, ask, member: settling(await holds()) }, systems, signal);
        if (answer.kind === 'ok' && node === settings.nodes) await rememberPlaces(settings.nodes, home, systems);
        return answer;
      },
    },
  };
}

interface Asked {
  readonly signal: AbortSignal;
  readonly facts: Facts;
}

/** `absent` only for a node that is in no cluster. Throws a Problem for one that is in a cluster under another address. */
async function memberOrFree(
  {
    node,
    own,
    ask,
    member,
  }: { readonly node: number; readonly own: Api; readonly ask: AskNode; readonly member: Question },
  systems: Systems,
  { signal, facts }: Asked,
): Promise<Answer<unknown>> {
  const found = await systems.calls.ask(fillIn(member, facts), signal);
  if (found.kind !== 'absent') return found;
  const onRefused = (): Answer<unknown> => ok({ state: 'completed' });
  const status = await ask(statusOf(own), systems, { signal, onRefused });
  if (status.kind !== 'ok') return status;
  const { state } = status.value as BootstrapStatus;
  if (state === 'idle' || state === 'error') return absent(state);
  if (state !== 'completed') return ok(state);
  throw new Problem('address_changed', {
    message:
      `${nodeName(node)} is in a cluster already, and the cluster of ${nodeName(1)} has no node at its address ` +
      `${String(facts.get(factOf(node)))}. Its address has changed, or it belongs to another cluster.`,
    hint: 'Start over, which deletes the cluster and its data: redisdemo enterprise down',
  });
}

interface Joining {
  readonly own: Api;
  readonly ask: AskNode;
  /** Whether the cluster has it as an active member. */
  readonly member: Answer<unknown>;
}

/** The node itself says why it cannot: `time_not_sync` and the like. Once it is a member, it asks who wants to know. */
async function joined({ own, ask, member }: Joining, systems: Systems, signal: AbortSignal): Promise<Answer<unknown>> {
  if (member.kind !== 'absent') return member;
  const status = await ask(statusOf(own), systems, { signal, onRefused: () => absent('not active yet') });
  if (status.kind !== 'ok') return settling(status);
  const found = status.value as BootstrapStatus;
  if (found.state === 'error') throw bootstrapFailure('It could not join the cluster', found, true);
  return absent(`state ${found.state}`);
}
