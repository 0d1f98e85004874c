/** From a failed deployment to its cause: what gcloud said, the conditions, the last lines of the right log. */
import * as v from 'valibot';
import { Problem } from '../../../problem.ts';
import { readBuilds } from '../build/builds.ts';
import { meaningOf, type FailureContext } from '../failures/failure.ts';
import { BUILD_FAILURES, classify } from '../failures/failures.ts';
import { wordsOf } from '../failures/said.ts';
import { shaped } from '../google/answer.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { listed } from '../google/read.ts';
import { buildPlace, type CloudRunPlace } from '../place/place.ts';
import { askLog, entriesOf, logCall, type LogEntry } from '../service/log-entries.ts';
import { readyOf, type ServiceJson } from '../service/service.ts';

const LOG_LINES = 30;
const SHOWN_LINES = 12;

interface Failed {
  readonly said: string;
  /** The revision that does not work; undefined when none was made. */
  readonly revision: string | undefined;
  readonly service: ServiceJson | undefined;
  /** The newest build before this deployment: its log is no evidence. */
  readonly lastBuild: string | undefined;
  /** What to end with when no rule explains the failure; absent: the words of Google. */
  readonly otherwise?: Problem;
}

export async function explainFailure(
  { said, revision, service, lastBuild, otherwise }: Failed,
  context: FailureContext,
  google: GoogleApi,
): Promise<Problem> {
  const ofRevision = [...entriesOf(context), `resource.labels.revision_name="${revision ?? ''}"`];
  const lines = revision === undefined ? [] : await lastLines(context, ofRevision, google);
  const condition = revision === undefined ? '' : (readyOf(service ?? {})?.message ?? '');
  const build = BUILD_FAILED.test(said) ? await failedBuild(context, lastBuild, google) : undefined;
  const everything = [...lines, said, condition].join('\n');
  const ofBuild = build && classify(build.lines.join('\n'), BUILD_FAILURES);
  const rule = ofBuild ?? classify(everything);
  if (!rule && otherwise) return otherwise;
  const text = build && ofBuild ? build.lines.join('\n') : everything;
  const evidence = (build ? build.lines : lines).slice(-SHOWN_LINES).map((line) => wordsOf(line));
  const message = [
    rule ? meaningOf(rule, text) : 'Cloud Run refuses the deployment.',
    ...(rule === undefined || evidence.length === 0 ? [wordsOf(said)] : []),
    ...(evidence.length === 0 ? [] : ['Its last lines:', ...evidence.map((line) => `  ${line}`)]),
    ...(build?.url === undefined ? [] : [`The whole log: ${build.url}`]),
  ].join('\n');
  return new Problem(rule?.code ?? 'service_failed', {
    message,
    hint: rule?.hint(context, text) ?? 'The lines above are what Google says. Fix that and run the same command again.',
    details: { failure: rule?.name ?? null, said, revision: revision ?? null, logUrl: build?.url ?? null },
  });
}

async function lastLines(
  place: CloudRunPlace,
  filter: readonly string[],
  google: GoogleApi,
): Promise<readonly string[]> {
  const newest = logCall(place, filter, ['--order=desc', `--limit=${String(LOG_LINES)}`, '--freshness=1h']);
  const answer = await askLog(newest, google);
  // The log helps to explain; without it the failure is still one.
  return answer.kind === 'ok' ? answer.value.toReversed().flatMap(lineOf) : [];
}

/** The service logs what failed in `detail`, beside the message. */
function lineOf({ text, fields }: LogEntry): readonly string[] {
  const { detail } = fields;
  const line = typeof detail === 'string' ? `${text}: ${detail}` : text;
  return line.trim() === '' ? [] : [line.trim()];
}

/** https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#status */
const isFailed = (status: string | null | undefined): boolean =>
  !['SUCCESS', 'WORKING', 'QUEUED', 'PENDING'].includes(status ?? '');

const BUILD = v.object({
  id: v.string(),
  status: v.nullish(v.string()),
  logUrl: v.nullish(v.string()),
  failureInfo: v.nullish(v.object({ detail: v.nullish(v.string()) })),
});

interface Build {
  readonly url: string | undefined;
  readonly lines: readonly string[];
}

/** The words of `gcloud run deploy`, and of `gcloud builds submit` (528, command_lib/builds/submit_util.py). */
const BUILD_FAILED = /build failed|build \S+ completed with status/i;

/** gcloud shows the address of the log only on a terminal. */
async function failedBuild(
  context: FailureContext,
  lastBuild: string | undefined,
  google: GoogleApi,
): Promise<Build | undefined> {
  const call = readBuilds(buildPlace(context), ['--limit=1'], { pageSize: 1 }, { printed: listed('builds') });
  const build = shaped(BUILD, await google.ask(call, '.[0]'));
  if (build.kind !== 'ok' || build.value.id === lastBuild || !isFailed(build.value.status)) return undefined;
  const { id, logUrl, failureInfo } = build.value;
  const lines = await lastLines(context, ['resource.type="build"', `resource.labels.build_id="${id}"`], google);
  const detail = typeof failureInfo?.detail === 'string' ? [failureInfo.detail] : [];
  return { url: logUrl ?? undefined, lines: lines.length === 0 ? detail : lines };
}
