/** Opens a proven service to the public, by the way that the organisation allows. */
import type { Results } from '../../../plan/results.ts';
import { Problem, type ProblemCode } from '../../../problem.ts';
import { ACCESS_FAILURES } from '../failures/access.ts';
import { meaningOf, type FailureContext, type FailureRule } from '../failures/failure.ts';
import { whyUnanswered } from '../failures/failures.ts';
import { POLICY_FAILURES } from '../failures/policy.ts';
import { wordsOf } from '../failures/said.ts';
import { commandFor } from '../place/place.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import type { ServiceState } from '../service/state.ts';
import type { OpeningWay } from './access.ts';
import { make, type ReleaseContext } from './context.ts';
import { accessPlan } from './release.ts';

const CANNOT: ReadonlySet<ProblemCode> = new Set(['system_failed', 'timeout', 'retries_exhausted', 'unfinished']);
const REFUSALS: ReadonlySet<FailureRule> = new Set([...POLICY_FAILURES, ...ACCESS_FAILURES]);

/** Throws a Problem when it failed: gcloud alone would not tell. */
export async function openService(
  settings: CloudRunSettings,
  state: ServiceState,
  context: ReleaseContext,
  about: FailureContext,
): Promise<Results> {
  const isOneWay = settings.private || state.openness === 'binding';
  const ways: readonly OpeningWay[] = isOneWay ? ['binding'] : ['unchecked', 'binding'];
  const { url } = state;
  const failures: Failure[] = [];
  for (const way of ways) {
    try {
      return await make(accessPlan(settings, state, url, way), context);
    } catch (error) {
      if (!(error instanceof Problem) || !CANNOT.has(error.code)) throw error;
      failures.push(failureOf(error));
      if (error.code !== 'system_failed') break;
    }
  }
  throw notDone(failures, url, about, settings.private);
}

interface Failure {
  readonly problem: Problem;
  readonly said: string;
  readonly rule: FailureRule | undefined;
}

/** After a timeout, the last answer is no cause. */
function failureOf(problem: Problem): Failure {
  const { message: said } = problem;
  return { problem, said, rule: problem.code === 'system_failed' ? whyUnanswered({ reason: said }) : undefined };
}

/** Google said no. Everything else is neither a yes nor a no: the change may have been made. */
const isRefused = ({ rule }: Failure): boolean => rule !== undefined && REFUSALS.has(rule);

// The Problem itself says that the service can stay private.
const wayOut = (about: FailureContext, { problem, said, rule }: Failure): readonly string[] =>
  rule ? [rule.hint({ ...about, private: true }, said)] : problem.hint === undefined ? [] : [problem.hint];

/** A service that was not closed must not look closed, and a way to open it that was not refused may have opened it. */
function notDone(failures: readonly Failure[], url: string, about: FailureContext, isPrivate: boolean): Problem {
  const unclear = failures.find((failure) => isPrivate || !isRefused(failure));
  const waysOut = [...new Set(failures.flatMap((failure) => wayOut(about, failure)))];
  const [end, hint] = isPrivate
    ? [
        'it could not be closed to the public',
        [...waysOut, 'Until then everybody may be able to call it. To close it, run the same command again.'],
      ]
    : unclear
      ? [
          'it is not known whether it was opened to the public',
          [...waysOut, 'Until then it may be closed. To open it, run the same command again.'],
        ]
      : [
          'it stays closed to the public',
          [
            'Leave it so, for those with roles/run.invoker: run the same command with --private   Or open it:',
            ...waysOut,
            `Remove it: ${commandFor('destroy cloudrun', about)}`,
          ],
        ];
  return new Problem(unclear ? (unclear.rule?.code ?? unclear.problem.code) : 'not_permitted', {
    message: [
      `The service runs at ${url} and passed its smoke test, but ${end}.`,
      ...new Set(failures.map(({ said, rule }) => (rule ? meaningOf(rule, said) : wordsOf(said)))),
    ].join('\n'),
    hint: hint.join('\n'),
    details: {
      url,
      failure: failures.find(({ rule }) => rule)?.rule?.name ?? null,
      said: failures.map(({ said }) => said).join('\n'),
    },
  });
}
