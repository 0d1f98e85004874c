import { fillIn } from '../../../plan/call.ts';
import type { Plan, Ready, Step } from '../../../plan/plan.ts';
import { proofIn, type Results } from '../../../plan/results.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import { buildSteps } from '../build/build-step.ts';
import type { Client } from '../google/client.ts';
import { gcloudText } from '../google/gcloud.ts';
import { identityWords } from '../google/identity.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { URL_OF, askService } from '../service/reads.ts';
import { ingressOf } from '../service/service.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { isPublic, type ServiceState } from '../service/state.ts';
import { closeSteps, openSteps, type OpeningWay } from './access.ts';
import { deployStep, plainStep, type Mode } from './deploy-step.ts';
import { answersAt, proveOrFail, type Proof } from './proof.ts';
import { secretSteps } from './secret.ts';
import { promoteStep, tagStep, unpinStep } from './traffic.ts';

export interface ReleaseSettings extends CloudRunSettings {
  /** The account that the service runs as. */
  readonly account: string;
  readonly client: Client;
}

export const PROOF_LIMIT_MS = 120_000;
/** Ids of the steps that end with a smoke test. */
const PROVEN_ADDRESS = 'address';
export const PROVEN_TAG = 'candidate-tag';

/** undefined where the ingress keeps this machine out. */
export function reportIn(results: Results): SmokeReport | undefined {
  return (proofIn(results, PROVEN_ADDRESS) ?? proofIn(results, PROVEN_TAG)) as SmokeReport | undefined;
}

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
      id: PROVEN_ADDRESS,
      title: 'find its address',
      action: { kind: 'lookup', thing: 'address', fact: 'SERVICE_URL', find: askService(settings, URL_OF) },
      ready: proof({ url, audience: url, private: true }, settings, undefined),
    },
  ];
}

function nextSteps(settings: ReleaseSettings, state: ServiceState | undefined, since: number): Step[] {
  const isPrivate = state !== undefined && !isPublic(state);
  const where = { url: '{{CANDIDATE_URL}}', audience: state?.url ?? '', private: isPrivate };
  return [
    ...(state ? plainStep(settings, state) : []),
    deployStep(settings, 'next', since),
    { ...tagStep(settings), id: PROVEN_TAG, ready: proof(where, settings, state) },
    ...(settings.promote ? promotionSteps(settings, state) : []),
  ];
}

export function promotionSteps(place: CloudRunPlace, state: ServiceState | undefined): Step[] {
  return [promoteStep(place, state?.serving[0]?.revisionName), unpinStep(place)];
}

function isInternal({ ingress }: CloudRunSettings, state: ServiceState | undefined): boolean {
  return (ingress ?? (state ? ingressOf(state.service) : 'all')) !== 'all';
}

function proof(
  { url, audience, private: isPrivate }: Pick<Proof, 'url' | 'audience' | 'private'>,
  settings: ReleaseSettings,
  state: ServiceState | undefined,
): Ready {
  const { client, connection } = settings;
  const internal = isInternal(settings, state);
  return {
    what: `the smoke test at ${url.startsWith('{{') ? 'its address' : url}`,
    limitMs: PROOF_LIMIT_MS,
    late: 'unproven',
    // A script cannot know whether it runs in the network of the service.
    until: internal
      ? { kind: 'all', of: [] }
      : answersAt(url, isPrivate ? gcloudText(identityWords(client, audience)) : undefined),
    look: ({ systems, working, facts }) => {
      const where = { url: fillIn(url, facts), audience: fillIn(audience, facts), private: isPrivate };
      return proveOrFail({ ...where, internal, connection }, systems, working);
    },
  };
}

export function accessPlan(
  settings: CloudRunSettings,
  state: ServiceState | undefined,
  url: string,
  way: OpeningWay,
): Plan {
  const steps = settings.private
    ? state && state.openness !== 'closed'
      ? closeSteps(settings)
      : []
    : openSteps(settings, { url, isInternal: isInternal(settings, state) }, way);
  return { title: `Who may call ${settings.service}`, steps };
}
