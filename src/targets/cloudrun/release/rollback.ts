import { failed } from '../../../plan/answer.ts';
import type { Plan } from '../../../plan/plan.ts';
import { hasCreated } from '../../../plan/results.ts';
import { Problem } from '../../../problem.ts';
import type { SmokeReport } from '../../../smoke/smoke.ts';
import { explained } from '../failures/failures.ts';
import { firstSentence, reasonOf } from '../failures/said.ts';
import { openGoogle } from '../google/google-api.ts';
import { identityFor } from '../google/identity.ts';
import { googleStep } from '../google/step.ts';
import { type CloudRunPlace, commandFor } from '../place/place.ts';
import { askService, hasAll } from '../service/reads.ts';
import { previousOf } from '../service/service.ts';
import { isReady, nothingThere, readRevisions, settledState } from '../service/state.ts';
import { make, type ReleaseContext } from './context.ts';
import { proofOf, prove } from './proof.ts';
import { updateTraffic } from './traffic.ts';

interface RolledBack {
  readonly url: string;
  readonly revision: string;
  readonly from: string | undefined;
  readonly changed: boolean;
  /** undefined where its ingress keeps this machine out. */
  readonly smoke: SmokeReport | undefined;
}

/** @param to a revision; undefined: the one before, and a second run finds it done */
export async function rollBack(
  place: CloudRunPlace,
  to: string | undefined,
  context: ReleaseContext,
): Promise<RolledBack> {
  const { systems, working } = context;
  const google = await openGoogle(systems, working);
  const state = await settledState(place, google, working);
  if (!state) throw nothingThere(place);
  const serving = state.serving[0]?.revisionName;
  const works = (await readRevisions(place, google)).filter(isReady).map(({ metadata }) => metadata.name);
  const revision = to ?? previousOf(state.service);
  if (revision === undefined || !works.includes(revision)) throw noSuchRevision(place, revision, works);
  const where = proofOf(state);
  const { url } = where;
  // Without a token it could not be proven: that is found out before the traffic moves.
  if (where.private) await identityFor(where.audience, systems, working.signal);
  const results = await make(rollbackPlan(place, revision), context).catch((error: unknown) => {
    throw explained(error, { ...place, caller: google.caller });
  });
  const proof = await prove(where, systems, working).catch((error: unknown) => failed(reasonOf(error)));
  if (proof.kind !== 'ok') {
    throw new Problem('smoke_failed', {
      message: `${revision} has the traffic, but ${url} could not be tested: ${firstSentence(proof.reason)}`,
    });
  }
  return { url, revision, from: serving, changed: hasCreated(results), smoke: proof.value };
}

function rollbackPlan(place: CloudRunPlace, revision: string): Plan {
  return {
    title: `Back to ${revision}`,
    steps: [
      googleStep({
        id: 'traffic',
        title: `give ${revision} all the traffic`,
        thing: `traffic of ${place.service}`,
        find: askService(place, hasAll(revision)),
        create: updateTraffic(place, `--to-revisions=${revision}=100`),
      }),
    ],
  };
}

function noSuchRevision(place: CloudRunPlace, wanted: string | undefined, works: readonly string[]): Problem {
  const { service } = place;
  return new Problem(wanted === undefined ? 'revision_missing' : 'bad_setting', {
    message:
      wanted === undefined
        ? `No revision of ${service} has served before this one.`
        : `${service} has no revision ${wanted} that works.`,
    hint:
      works.length > 1
        ? `Those that work, the newest first: ${works.join(', ')}   Choose one with --to`
        : `There is no other to go back to. Deploy one that works: ${commandFor('deploy cloudrun', place)}`,
  });
}
