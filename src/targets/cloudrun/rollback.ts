/** Back to a revision that served before. */
import { ensure } from '../../plan/ensure.ts';
import type { Plan } from '../../plan/plan.ts';
import { Problem } from '../../problem.ts';
import type { SmokeReport } from '../../smoke/smoke.ts';
import { firstSentence, openGoogle } from './google-api.ts';
import type { Course } from './cloudrun.ts';
import { prove } from './proof.ts';
import { askService, candidateOf, servingOf, urlOf } from './service.ts';
import type { CloudRunPlace } from './settings.ts';
import { isReady, readRevisions, settledState, type RevisionJson, type ServiceState } from './state.ts';
import { updateTraffic } from './traffic.ts';

export interface RolledBack {
  readonly url: string;
  readonly revision: string;
  readonly from: string | undefined;
  /** False when it was rolled back already. */
  readonly changed: boolean;
  readonly smoke: SmokeReport;
}

/** @param to a revision; absent: the one before, and a second run finds it done */
export async function rollBack(place: CloudRunPlace, to: string | undefined, course: Course): Promise<RolledBack> {
  const { systems, working, explain } = course;
  const google = await openGoogle(systems, working);
  const state = await settledState(place, google, working);
  if (!state) throw nothingThere(place);
  const serving = servingOf(state.service)[0]?.revisionName;
  const revision = to ?? revisionBefore(state, (await readRevisions(place, google)).filter(isReady));
  if (revision === undefined) {
    throw new Problem('not_enough', {
      message: `There is no revision of ${place.service} before ${serving ?? 'this one'} that works.`,
      hint: 'See them: redisdemo deploy status',
    });
  }
  const created = await ensure(rollbackPlan(place, revision), systems, working, { explain });
  const url = urlOf(state.service);
  const where = { url, audience: url, private: state.openness === 'closed', connection: undefined };
  const proof = await prove(where, systems, working);
  if (proof.kind !== 'ok') {
    throw new Problem('smoke_failed', {
      message: `${revision} has the traffic, but ${url} does not answer: ${firstSentence(proof.reason)}`,
    });
  }
  return { url, revision, from: serving, changed: created.length > 0, smoke: proof.value };
}

function rollbackPlan(place: CloudRunPlace, revision: string): Plan {
  return {
    title: `Back to ${revision}`,
    steps: [
      {
        title: `give ${revision} all the traffic`,
        action: {
          kind: 'resource',
          thing: `traffic of ${place.service}`,
          find: askService(
            place,
            `.status.traffic[]? | select(.revisionName == "${revision}" and .percent == 100) | .revisionName`,
          ),
          create: updateTraffic(place, `--to-revisions=${revision}=100`),
        },
        patienceMs: 60_000,
      },
    ],
  };
}

/**
 * What served before the newest that was released. A candidate was never released. When something older than the newest
 * serves already, it was rolled back, and stays.
 */
function revisionBefore({ service }: ServiceState, ready: readonly RevisionJson[]): string | undefined {
  const names = ready
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== candidateOf(service)?.revisionName);
  const serving = servingOf(service)[0]?.revisionName;
  return serving === undefined || serving === names[0] ? names[1] : serving;
}

function nothingThere({ service, project, region }: CloudRunPlace): Problem {
  return new Problem('not_running', {
    message: `There is no service ${service} in ${project}, ${region}.`,
    hint: 'Deploy it: redisdemo deploy cloudrun',
  });
}
