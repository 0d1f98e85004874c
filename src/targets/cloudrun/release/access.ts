import { fillIn, type Question } from '../../../plan/call.ts';
import type { Ready, Step } from '../../../plan/plan.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import { googleStep } from '../google/step.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { askService, INVOKER, IS_CHECK_OFF, IS_OPEN_TO_ALL, readPolicy } from '../service/reads.ts';
import { answersAt, probePublic } from './proof.ts';
import { updateService } from './traffic.ts';

/** A right takes up to some minutes to be known everywhere: https://cloud.google.com/iam/docs/access-change-propagation */
const OPEN_LIMIT_MS = 120_000;

/**
 * `unchecked` works where the organisation allows no right for everybody; `binding` where it forbids to switch the
 * check off. Both fail aloud: `run deploy --allow-unauthenticated` would only warn, and end with 0.
 */
export type OpeningWay = 'unchecked' | 'binding';

/** `isInternal`: it cannot be called from outside Google Cloud. */
interface PublicAddress {
  readonly url: string;
  readonly isInternal: boolean;
}

export function openSteps(place: CloudRunPlace, { url, isInternal }: PublicAddress, way: OpeningWay): Step[] {
  return [
    googleStep({
      id: 'public-access',
      title: 'open the service to the public',
      thing: 'access for everybody',
      ...WAYS[way](place),
      ...(!isInternal && { ready: publicAt(url) }),
    }),
  ];
}

function publicAt(url: string): Ready {
  return {
    what: `${url.startsWith('{{') ? 'the service' : url} without a token`,
    limitMs: OPEN_LIMIT_MS,
    until: answersAt(url),
    look: ({ systems, working, facts }) => probePublic(fillIn(url, facts), systems, working.signal),
  };
}

const WAYS = {
  unchecked: (place: CloudRunPlace) => ({
    find: askService(place, `select(${IS_CHECK_OFF}) | .metadata.name`),
    create: updateService(place, '--no-invoker-iam-check'),
  }),
  binding: (place: CloudRunPlace) => ({
    find: askPolicy(place, `select(${IS_OPEN_TO_ALL}) | true`),
    create: policyCall('add-iam-policy-binding', place),
  }),
} as const;

export function closeSteps(place: CloudRunPlace): Step[] {
  return [
    googleStep({
      id: 'invoker-check',
      title: `require ${INVOKER} from every caller`,
      thing: 'invoker check',
      find: askService(place, `select(${IS_CHECK_OFF} | not) | .metadata.name`),
      create: updateService(place, '--invoker-iam-check'),
    }),
    googleStep({
      id: 'invoker-binding',
      title: 'remove public access (allUsers)',
      thing: 'public access removed',
      find: askPolicy(place, `select(${IS_OPEN_TO_ALL} | not) | true`),
      create: policyCall('remove-iam-policy-binding', place),
    }),
  ];
}

const askPolicy = (place: CloudRunPlace, select: string): Question => ({ call: readPolicy(place), select });

function policyCall(verb: string, place: CloudRunPlace) {
  const words = ['run', 'services', verb, place.service, ...inRegion(place)];
  return gcloud([...words, '--member=allUsers', `--role=${INVOKER}`]);
}
