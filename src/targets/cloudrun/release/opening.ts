/** Opens a proven service to the public, by the way that the organisation allows. */
import { explainer } from '../../../script/explain.ts';
import { ensure } from '../../../plan/ensure.ts';
import type { Way } from './access.ts';
import type { Results } from '../../../plan/results.ts';
import { Problem } from '../../../problem.ts';
import type { Course } from './cloudrun.ts';
import { commandFor } from '../service/commands.ts';
import { meaningOf, type Scene } from '../failures/failure.ts';
import { classify } from '../failures/failures.ts';
import { ACCESS_FAILURES } from '../failures/access.ts';
import { POLICY_FAILURES } from '../failures/policy.ts';
import { wordsOf } from '../failures/said.ts';
import { accessPlan } from './release.ts';
import { urlOf } from '../service/service.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import type { ServiceState } from '../service/state.ts';

const RULES = [...POLICY_FAILURES, ...ACCESS_FAILURES];

/** Throws a Problem when it stays closed: gcloud alone would not tell. */
export async function openService(
  settings: CloudRunSettings,
  state: ServiceState,
  course: Course,
  scene: Scene,
): Promise<Results> {
  const ways: readonly Way[] = state.openness === 'binding' ? ['binding'] : ['unchecked', 'binding'];
  const url = urlOf(state.service);
  const refusals: Problem[] = [];
  for (const way of ways) {
    const { systems, working, explain } = course;
    try {
      return await ensure(accessPlan(settings, state, url, way), systems, working, { explain: explainer(explain) });
    } catch (error) {
      if (!(error instanceof Problem) || !['system_failed', 'timeout'].includes(error.code)) throw error;
      refusals.push(error);
      if (error.code === 'timeout') break;
    }
  }
  throw staysClosed(scene, url, refusals);
}

function staysClosed(scene: Scene, url: string, refusals: readonly Problem[]): Problem {
  const reasons = refusals.map(({ message: said }) => ({ said, rule: classify(said, RULES) }));
  const words = reasons.map(({ said, rule }) => (rule ? meaningOf(rule, said) : wordsOf(said)));
  // That it can stay private is said here.
  const ways = reasons.flatMap(({ said, rule }) => rule?.hint({ ...scene, private: true }, said) ?? []);
  return new Problem('not_permitted', {
    message: [
      `The service runs at ${url} and passed its smoke test, but it stays closed to the public.`,
      ...new Set(words),
    ].join('\n'),
    hint: [
      'Leave it so, for those with roles/run.invoker: run the same command with --private   Or open it:',
      ...new Set(ways),
      `Remove it: ${commandFor('destroy cloudrun', scene)}`,
    ].join('\n'),
    details: {
      url,
      failure: reasons.find(({ rule }) => rule)?.rule?.name ?? null,
      said: reasons.map(({ said }) => said).join('\n'),
    },
  });
}
