/** Opens a proven service to the public, by the way that the organisation allows. */
import { ensure } from '../../plan/ensure.ts';
import type { Way } from './access.ts';
import { Problem, type ProblemCode } from '../../problem.ts';
import type { Course } from './cloudrun.ts';
import { commandFor } from './commands.ts';
import { meaningOf, type Scene } from './failure.ts';
import { classify } from './failures.ts';
import { ACCESS_FAILURES } from './failures-access.ts';
import { POLICY_FAILURES } from './failures-policy.ts';
import { wordsOf } from './said.ts';
import { accessPlan } from './release.ts';
import { urlOf } from './service.ts';
import type { CloudRunSettings } from './settings.ts';
import type { ServiceState } from './state.ts';

const CANNOT: ReadonlySet<ProblemCode> = new Set(['system_failed', 'timeout']);
const RULES = [...POLICY_FAILURES, ...ACCESS_FAILURES];

/** Titles of the steps that changed something. Throws a Problem when it stays closed: gcloud alone would not tell. */
export async function openService(
  settings: CloudRunSettings,
  state: ServiceState,
  course: Course,
  scene: Scene,
): Promise<readonly string[]> {
  if (settings.private) return close(settings, state, course, scene);
  const ways: readonly Way[] = state.openness === 'binding' ? ['binding'] : ['unchecked', 'binding'];
  const url = urlOf(state.service);
  const refusals: Problem[] = [];
  for (const way of ways) {
    const { systems, working, explain } = course;
    try {
      return await ensure(accessPlan(settings, state, url, way), systems, working, { explain });
    } catch (error) {
      if (!(error instanceof Problem) || !CANNOT.has(error.code)) throw error;
      refusals.push(error);
      if (error.code === 'timeout') break;
    }
  }
  throw staysClosed(scene, url, refusals);
}

async function close(
  settings: CloudRunSettings,
  state: ServiceState,
  { systems, working, explain }: Course,
  scene: Scene,
): Promise<readonly string[]> {
  const url = urlOf(state.service);
  try {
    return await ensure(accessPlan(settings, state, url, 'unchecked'), systems, working, { explain });
  } catch (error) {
    if (!(error instanceof Problem) || !CANNOT.has(error.code)) throw error;
    throw mayBeOpen(scene, url, error);
  }
}

/** What was asked for is that nobody gets in: that it is not done must not look like a service that is closed. */
function mayBeOpen(scene: Scene, url: string, { message: said }: Problem): Problem {
  const rule = classify(said, RULES);
  return new Problem(rule?.code ?? 'system_failed', {
    message: `The service runs at ${url} and passed its smoke test, but it could not be closed to the public.\n${rule ? meaningOf(rule, said) : wordsOf(said)}`,
    hint: [
      ...(rule ? [rule.hint({ ...scene, private: true }, said)] : []),
      'Until then everybody may be able to call it. To close it, run the same command again.',
    ].join('\n'),
    details: { url, failure: rule?.name ?? null, said },
  });
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
