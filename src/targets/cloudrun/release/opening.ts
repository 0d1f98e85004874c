/** Opens a proven service to the public, by the way that the organisation allows. */
import { ensure } from '../../../plan/ensure.ts';
import type { Results } from '../../../plan/results.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { explainer } from '../../../script/explain.ts';
import { ACCESS_FAILURES } from '../failures/access.ts';
import { meaningOf, type FailureContext, type FailureRule } from '../failures/failure.ts';
import { whyUnanswered } from '../failures/failures.ts';
import { POLICY_FAILURES } from '../failures/policy.ts';
import { wordsOf } from '../failures/said.ts';
import { commandFor } from '../place/place.ts';
import { urlOf } from '../service/service.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import type { ServiceState } from '../service/state.ts';
import type { OpeningWay } from './access.ts';
import type { ReleaseContext } from './context.ts';
import { accessPlan } from './release.ts';

const CANNOT: ReadonlySet<ProblemCode> = new Set(['system_failed', 'timeout', 'retries_exhausted', 'unfinished']);
const REFUSALS: ReadonlySet<FailureRule> = new Set([...POLICY_FAILURES, ...ACCESS_FAILURES]);

/** Throws a Problem when it stays closed: gcloud alone would not tell. */
export async function openService(
  settings: CloudRunSettings,
  state: ServiceState,
  context: ReleaseContext,
  about: FailureContext,
): Promise<Results> {
  if (settings.private) return close(settings, state, context, about);
  const ways: readonly OpeningWay[] = state.openness === 'binding' ? ['binding'] : ['unchecked', 'binding'];
  const url = urlOf(state.service);
  const refusals: Problem[] = [];
  for (const way of ways) {
    const { systems, working, explain } = context;
    try {
      return await ensure(accessPlan(settings, state, url, way), systems, working, { explain: explainer(explain) });
    } catch (error) {
      if (!(error instanceof Problem) || !CANNOT.has(error.code)) throw error;
      refusals.push(error);
      if (error.code !== 'system_failed') break;
    }
  }
  throw notOpened(about, url, refusals);
}

async function close(
  settings: CloudRunSettings,
  state: ServiceState,
  { systems, working, explain }: ReleaseContext,
  about: FailureContext,
): Promise<Results> {
  const url = urlOf(state.service);
  try {
    return await ensure(accessPlan(settings, state, url, 'unchecked'), systems, working, {
      explain: explainer(explain),
    });
  } catch (error) {
    if (!(error instanceof Problem) || !CANNOT.has(error.code)) throw error;
    throw mayBeOpen(about, url, error);
  }
}

/** A way to open or close the service that failed, with what that means where it is known. */
interface Failure {
  readonly problem: Problem;
  readonly said: string;
  readonly rule: FailureRule | undefined;
}

/** Of a time that ran out, the last answer is no cause. */
function failureOf(problem: Problem): Failure {
  const { message: said } = problem;
  return { problem, said, rule: problem.code === 'system_failed' ? whyUnanswered({ reason: said }) : undefined };
}

/** Google said no. Everything else is neither a yes nor a no: the change may have been made. */
const isRefused = ({ rule }: Failure): boolean => rule !== undefined && REFUSALS.has(rule);

const wordsFor = ({ said, rule }: Failure): string => (rule ? meaningOf(rule, said) : wordsOf(said));

// That it can stay private is said here.
const waysOut = (about: FailureContext, { problem, said, rule }: Failure): readonly string[] =>
  rule ? [rule.hint({ ...about, private: true }, said)] : problem.hint === undefined ? [] : [problem.hint];

const detailsOf = (url: string, failures: readonly Failure[]) => ({
  url,
  failure: failures.find(({ rule }) => rule)?.rule?.name ?? null,
  said: failures.map(({ said }) => said).join('\n'),
});

/** What was asked for is that nobody gets in: that it is not done must not look like a service that is closed. */
function mayBeOpen(about: FailureContext, url: string, problem: Problem): Problem {
  const failure = failureOf(problem);
  return new Problem(failure.rule?.code ?? problem.code, {
    message: `The service runs at ${url} and passed its smoke test, but it could not be closed to the public.\n${wordsFor(failure)}`,
    hint: [
      ...waysOut(about, failure),
      'Until then everybody may be able to call it. To close it, run the same command again.',
    ].join('\n'),
    details: detailsOf(url, [failure]),
  });
}

function notOpened(about: FailureContext, url: string, problems: readonly Problem[]): Problem {
  const failures = problems.map(failureOf);
  const unclear = failures.find((failure) => !isRefused(failure));
  return unclear === undefined ? staysClosed(about, url, failures) : mayBeClosed(about, url, failures, unclear);
}

function staysClosed(about: FailureContext, url: string, failures: readonly Failure[]): Problem {
  return new Problem('not_permitted', {
    message: [
      `The service runs at ${url} and passed its smoke test, but it stays closed to the public.`,
      ...new Set(failures.map(wordsFor)),
    ].join('\n'),
    hint: [
      'Leave it so, for those with roles/run.invoker: run the same command with --private   Or open it:',
      ...new Set(failures.flatMap((failure) => waysOut(about, failure))),
      `Remove it: ${commandFor('destroy cloudrun', about)}`,
    ].join('\n'),
    details: detailsOf(url, failures),
  });
}

/** Whether a way that was not refused did open it is not known. */
function mayBeClosed(
  about: FailureContext,
  url: string,
  failures: readonly Failure[],
  { problem, rule }: Failure,
): Problem {
  return new Problem(rule?.code ?? problem.code, {
    message: [
      `The service runs at ${url} and passed its smoke test, but it is not known whether it was opened to the public.`,
      ...new Set(failures.map(wordsFor)),
    ].join('\n'),
    hint: [
      ...new Set(failures.flatMap((failure) => waysOut(about, failure))),
      'Until then it may be closed. To open it, run the same command again.',
    ].join('\n'),
    details: detailsOf(url, failures),
  });
}
