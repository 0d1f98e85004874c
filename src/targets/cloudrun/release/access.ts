/** Who may call the service. */
import { fillIn } from '../../../plan/call.ts';
import type { Ready, Step } from '../../../plan/plan.ts';
import { api } from '../google/api.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { askService } from '../service/service.ts';
import { answersAt, probePublic } from './proof.ts';

const INVOKER = 'roles/run.invoker';
const PATIENCE_MS = 60_000;
/** A right takes up to some minutes to be known everywhere: https://cloud.google.com/iam/docs/access-change-propagation */
const OPEN_LIMIT_MS = 120_000;

/**
 * `unchecked` works where the organisation allows no right for everybody; `binding` where it forbids to switch the
 * check off. Both fail aloud: `run deploy --allow-unauthenticated` would only warn, and end with 0.
 */
export type Way = 'unchecked' | 'binding';

/** Where the service answers, and whether that can be seen from outside of Google Cloud. */
export interface Door {
  readonly url: string;
  readonly isInternal: boolean;
}

export function openSteps(place: CloudRunPlace, { url, isInternal }: Door, way: Way): Step[] {
  return [
    {
      id: 'public-access',
      title: 'open the service to the public',
      action: { kind: 'resource', thing: 'access for everybody', ...WAYS[way](place) },
      patienceMs: PATIENCE_MS,
      ...(!isInternal && { ready: publicAt(url) }),
    },
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

/** gcloud writes `True`. jqjs gives the null before a `//`, too, and fails on `.a["b"]` without an a. */
const checkIsOff =
  '((.metadata.annotations | .["run.googleapis.com/invoker-iam-disabled"] | tostring | ascii_downcase) == "true")';

const WAYS = {
  unchecked: (place: CloudRunPlace) => ({
    find: askService(place, `select(${checkIsOff}) | .metadata.name`),
    create: gcloud(['run', 'services', 'update', place.service, ...inRegion(place), '--no-invoker-iam-check']),
  }),
  binding: (place: CloudRunPlace) => ({
    find: askPolicy(place, `.bindings[]? | ${forAll} | .role`),
    create: policyCall('add-iam-policy-binding', place),
  }),
} as const;

/** The other way round: both doors are shut. */
export function closeSteps(place: CloudRunPlace): Step[] {
  return [
    {
      id: 'invoker-check',
      title: `require ${INVOKER} from every caller`,
      action: {
        kind: 'resource',
        thing: 'invoker check',
        find: askService(place, `select(${checkIsOff} | not) | .metadata.name`),
        create: gcloud(['run', 'services', 'update', place.service, ...inRegion(place), '--invoker-iam-check']),
      },
      patienceMs: PATIENCE_MS,
    },
    {
      id: 'invoker-binding',
      title: 'remove public access (allUsers)',
      action: {
        kind: 'resource',
        thing: 'public access removed',
        find: askPolicy(place, `select([.bindings[]? | ${forAll}] == []) | true`),
        create: policyCall('remove-iam-policy-binding', place),
      },
      patienceMs: PATIENCE_MS,
    },
  ];
}

const forAll = `select(.role == "${INVOKER}" and any(.members[]?; . == "allUsers"))`;

function askPolicy(place: CloudRunPlace, select: string) {
  const { project, region, service } = place;
  const quick = api(
    `https://run.googleapis.com/v1/projects/${project}/locations/${region}/services/${service}:getIamPolicy`,
  );
  return { call: gcloud(['run', 'services', 'get-iam-policy', service, ...inRegion(place)], { quick }), select };
}

function policyCall(verb: string, place: CloudRunPlace) {
  const words = ['run', 'services', verb, place.service, ...inRegion(place)];
  return gcloud([...words, '--member=allUsers', `--role=${INVOKER}`]);
}
