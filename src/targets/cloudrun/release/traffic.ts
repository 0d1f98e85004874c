import type { Call } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { gcloud, inRegion } from '../google/gcloud.ts';
import { googleStep } from '../google/step.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { askService, CANDIDATES, followed, hasAll, URL_OF } from '../service/reads.ts';
import { CANDIDATE, PREVIOUS } from '../service/settings.ts';

const SETTLE_LIMIT_MS = 120_000;

export function updateService(place: CloudRunPlace, ...flags: readonly string[]): Call {
  return gcloud(['run', 'services', 'update', place.service, ...inRegion(place), ...flags]);
}

export function updateTraffic(place: CloudRunPlace, ...flags: readonly string[]): Call {
  return gcloud(['run', 'services', 'update-traffic', place.service, ...inRegion(place), ...flags]);
}

/** Its address is read, because it has several forms. One that all the traffic follows needs no address of its own. */
export function tagStep(place: CloudRunPlace): Step {
  const tagged = `${CANDIDATES} | select(.revisionName == "{{REVISION}}") | .url`;
  return googleStep({
    id: 'candidate-tag',
    title: `give the new revision the tag ${CANDIDATE}`,
    thing: `tag ${CANDIDATE}`,
    fact: 'CANDIDATE_URL',
    find: askService(place, `(${tagged}), (select([${FOLLOWED}] != []) | ${URL_OF})`),
    create: updateTraffic(place, `--update-tags=${CANDIDATE}={{REVISION}}`),
  });
}

const FOLLOWED = followed('{{REVISION}}');

/** By name: "the latest" would be another one as soon as somebody else deploys. */
export function promoteStep(place: CloudRunPlace, old: string | undefined): Step {
  const remember = old === undefined ? [] : [`--update-tags=${PREVIOUS}=${old}`];
  return googleStep({
    id: 'traffic',
    title: 'give the new revision all the traffic',
    thing: `traffic of ${place.service}`,
    find: askService(place, hasAll('{{REVISION}}')),
    create: updateTraffic(place, '--to-revisions={{REVISION}}=100', ...remember),
  });
}

/** Otherwise every later deployment, also one by hand, would get no traffic. */
export function unpinStep(place: CloudRunPlace): Step {
  const follows = askService(place, `select([${CANDIDATES}] == []) | select([${FOLLOWED}] != []) | .metadata.name`);
  return googleStep({
    id: 'follow-latest',
    title: 'let the traffic follow the latest revision again',
    thing: `traffic of ${place.service}`,
    find: follows,
    create: updateTraffic(place, '--to-latest', `--remove-tags=${CANDIDATE}`),
    ready: {
      what: 'all the traffic on the new revision',
      limitMs: SETTLE_LIMIT_MS,
      until: { kind: 'selected', question: follows, missing: 'not yet' },
    },
  });
}
