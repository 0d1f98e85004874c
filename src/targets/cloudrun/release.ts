/** The plans of a release. What there is now decides which of them it is. */
import type { Plan, Ready, Step } from '../../plan/plan.ts';
import { addressOf, closeSteps, openSteps, type Way } from './access.ts';
import type { Client } from './client.ts';
import { buildSteps } from './build-step.ts';
import { deployStep, plainStep, type Mode } from './deploy-step.ts';
import type { SmokeReport } from '../../smoke/smoke.ts';
import { probeLine, proveOrFail, type Proof } from './proof.ts';
import { secretSteps } from './secret.ts';
import { askService, ingressOf, servingOf, urlOf } from './service.ts';
import type { CloudRunPlace, CloudRunSettings } from './settings.ts';
import { isPublic, type ServiceState } from './state.ts';
import { promoteStep, tagStep, unpinStep } from './traffic.ts';

export interface ReleaseSettings extends CloudRunSettings {
  /** The account that the service runs as. */
  readonly account: string;
  /** The login that deploys it. */
  readonly client: Client;
  /** Hears of each smoke test that was passed. */
  readonly onReport: (report: SmokeReport) => void;
}

export const PROOF_LIMIT_MS = 120_000;

export function modeOf(state: ServiceState | undefined): Mode {
  return state?.service.status?.latestReadyRevisionName === undefined ? 'first' : 'next';
}

/** Everything but who may call it: secret, revision, proof, traffic. */
export function releasePlan(settings: ReleaseSettings, state: ServiceState | undefined, since: number): Plan {
  const { connection, account, service, project, region } = settings;
  const password = connection?.password;
  const secret = password ? secretSteps(settings, { password, account }) : [];
  const steps = modeOf(state) === 'first' ? firstSteps(settings, since) : nextSteps(settings, state, since);
  return {
    title: `The service ${service} on Cloud Run (${project}, ${region})`,
    steps: [...buildSteps(settings), ...secret, ...steps],
  };
}

function firstSteps(settings: ReleaseSettings, since: number): Step[] {
  const url = '{{SERVICE_URL}}';
  return [
    deployStep(settings, 'first', since),
    {
      title: 'find its address',
      action: { kind: 'resource', thing: 'address', fact: 'SERVICE_URL', find: askService(settings, '.status.url') },
      ready: proof(
        {
          url,
          audience: url,
          private: true,
          internal: isInternal(settings, undefined),
          connection: settings.connection,
        },
        settings,
      ),
    },
  ];
}

function nextSteps(settings: ReleaseSettings, state: ServiceState | undefined, since: number): Step[] {
  const audience = state ? urlOf(state.service) : '';
  const isPrivate = state !== undefined && !isPublic(state);
  const proofAt = (url: string): Ready =>
    proof(
      { url, audience, private: isPrivate, internal: isInternal(settings, state), connection: settings.connection },
      settings,
    );
  return [
    ...(state ? plainStep(settings, state) : []),
    deployStep(settings, 'next', since),
    { ...tagStep(settings), ready: proofAt('{{CANDIDATE_URL}}') },
    ...(settings.promote ? promotionSteps(settings, state) : []),
  ];
}

/** From a proven candidate to the revision that all the traffic follows. */
export function promotionSteps(place: CloudRunPlace, state: ServiceState | undefined): Step[] {
  return [promoteStep(place, state && servingOf(state.service)[0]?.revisionName), unpinStep(place)];
}

function isInternal({ ingress }: CloudRunSettings, state: ServiceState | undefined): boolean {
  return (ingress ?? (state ? ingressOf(state.service) : 'all')) !== 'all';
}

function proof({ url, audience, ...rest }: Proof, { onReport, client }: ReleaseSettings): Ready {
  const inShell = (text: string): string => text.replace(/\{\{(\w+)\}\}/, '${$1}');
  return {
    what: `the smoke test at ${url.startsWith('{{') ? 'its address' : url}`,
    limitMs: PROOF_LIMIT_MS,
    late: 'unproven',
    ask: async (systems, working, facts) => {
      const where = { ...rest, url: addressOf(url, facts), audience: addressOf(audience, facts) };
      const answer = await proveOrFail(where, systems, working);
      if (answer.kind === 'ok' && answer.value) onReport(answer.value);
      return answer;
    },
    // A script cannot know whether it runs in the network of the service.
    shell: rest.internal
      ? 'true'
      : probeLine(inShell(url), rest.private ? { client, audience: inShell(audience) } : undefined),
  };
}

/** Who may call it, once it is proven. */
export function accessPlan(settings: CloudRunSettings, state: ServiceState | undefined, url: string, way: Way): Plan {
  const steps = settings.private
    ? state && state.openness !== 'closed'
      ? closeSteps(settings)
      : []
    : openSteps(settings, { url, isInternal: isInternal(settings, state) }, way);
  return { title: `Who may call ${settings.service}`, steps };
}
