/** The plans of a release. What there is now decides which of them it is. */
import type { Plan, Ready, Step } from '../../plan/plan.ts';
import { addressOf, closeSteps, openSteps, type Way } from './access.ts';
import type { Client } from './client.ts';
import { deployStep, type Mode } from './deploy-step.ts';
import type { SmokeReport } from '../../smoke/smoke.ts';
import { probeLine, proveOrFail, type Proof } from './proof.ts';
import { secretSteps } from './secret.ts';
import { askService, servingOf, urlOf } from './service.ts';
import type { CloudRunSettings } from './settings.ts';
import type { ServiceState } from './state.ts';
import { promoteStep, tagStep, unpinStep } from './traffic.ts';

export interface ReleaseSettings extends CloudRunSettings {
  /** The account that the service runs as. */
  readonly account: string;
  /** The login that deploys it. */
  readonly client: Client;
  /** Hears of each smoke test that was passed. */
  readonly onReport: (report: SmokeReport) => void;
}

const PROOF_LIMIT_MS = 120_000;

export function modeOf(state: ServiceState | undefined): Mode {
  return state?.service.status?.latestReadyRevisionName === undefined ? 'first' : 'next';
}

/** Everything but who may call it: secret, revision, proof, traffic. */
export function releasePlan(settings: ReleaseSettings, state: ServiceState | undefined, since: number): Plan {
  const { connection, account, service, project, region } = settings;
  const password = connection?.password;
  const secret = password ? secretSteps(settings, { password, account }) : [];
  const steps = modeOf(state) === 'first' ? firstSteps(settings, since) : nextSteps(settings, state, since);
  return { title: `The service ${service} on Cloud Run (${project}, ${region})`, steps: [...secret, ...steps] };
}

function firstSteps(settings: ReleaseSettings, since: number): Step[] {
  const url = '{{SERVICE_URL}}';
  return [
    deployStep(settings, 'first', since),
    {
      title: 'find its address',
      action: { kind: 'resource', thing: 'address', fact: 'SERVICE_URL', find: askService(settings, '.status.url') },
      ready: proof({ url, audience: url, private: true, connection: settings.connection }, settings),
    },
  ];
}

function nextSteps(settings: ReleaseSettings, state: ServiceState | undefined, since: number): Step[] {
  const audience = state ? urlOf(state.service) : '';
  const isPrivate = state?.openness === 'closed';
  const proofAt = (url: string): Ready =>
    proof({ url, audience, private: isPrivate, connection: settings.connection }, settings);
  return [
    deployStep(settings, 'next', since),
    { ...tagStep(settings), ready: proofAt('{{CANDIDATE_URL}}') },
    promoteStep(settings, state && servingOf(state.service)[0]?.revisionName),
    unpinStep(settings),
  ];
}

function proof({ url, audience, ...rest }: Proof, { onReport, client }: ReleaseSettings): Ready {
  const inShell = (text: string): string => text.replace(/\{\{(\w+)\}\}/, '${$1}');
  return {
    what: `the smoke test at ${url.startsWith('{{') ? 'its address' : url}`,
    limitMs: PROOF_LIMIT_MS,
    ask: async (systems, working, facts) => {
      const where = { ...rest, url: addressOf(url, facts), audience: addressOf(audience, facts) };
      const answer = await proveOrFail(where, systems, working);
      if (answer.kind === 'ok') onReport(answer.value);
      return answer;
    },
    shell: probeLine(inShell(url), rest.private ? { client, audience: inShell(audience) } : undefined),
  };
}

/** Who may call it, once it is proven. */
export function accessPlan(settings: CloudRunSettings, state: ServiceState | undefined, url: string, way: Way): Plan {
  const steps = settings.private
    ? state && state.openness !== 'closed'
      ? closeSteps(settings)
      : []
    : openSteps(settings, url, way);
  return { title: `Who may call ${settings.service}`, steps };
}
