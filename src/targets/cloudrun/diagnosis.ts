/** From a failed deployment to its cause: what gcloud said, the conditions, the last lines of the right log. */
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { Problem } from '../../problem.ts';
import { classify, type Scene } from './failures.ts';
import { gcloud, inProject } from './gcloud.ts';
import { readyOf, type ServiceJson } from './service.ts';

/** `run services logs read` crashes on log lines that are JSON: gcloud 528, its formatter.py. */
const LOG_LINES = 30;
const SHOWN_LINES = 12;

interface Entry {
  readonly timestamp?: string;
  readonly textPayload?: string;
  readonly jsonPayload?: { readonly message?: string; readonly detail?: string };
}

export interface Failed {
  /** What gcloud, or Google, said. */
  readonly said: string;
  /** The revision that does not work; undefined when none was made. */
  readonly revision: string | undefined;
  readonly service: ServiceJson | undefined;
}

/** In our words, with the evidence as details. */
export async function explainFailure(
  { said, revision, service }: Failed,
  scene: Scene,
  systems: Systems,
  working: Working,
): Promise<Problem> {
  const lines = revision === undefined ? [] : await lastLines(scene, revision, systems, working);
  const condition = revision === undefined ? '' : (readyOf(service ?? {})?.message ?? '');
  const build = said.includes('Build failed') ? await failedBuild(scene, systems, working) : undefined;
  const rule = classify([...lines, said, condition].join('\n'));
  const evidence = build ? build.lines : lines.slice(-SHOWN_LINES);
  const message = [
    rule?.words ?? 'Cloud Run refuses the deployment.',
    ...(rule === undefined || evidence.length === 0 ? [brief(said)] : []),
    ...(evidence.length === 0 ? [] : ['Its last lines:', ...evidence.map((line) => `  ${line}`)]),
    ...(build?.url === undefined ? [] : [`The whole log: ${build.url}`]),
  ].join('\n');
  return new Problem(rule?.code ?? 'service_failed', {
    message,
    hint: rule?.hint(scene) ?? 'The lines above are what Google says. Mend that and run the same command again.',
    details: { failure: rule?.name ?? null, said, revision: revision ?? null, logUrl: build?.url ?? null },
  });
}

/** Without links to manuals and the YAML of details. */
function brief(said: string): string {
  const [text = ''] = said
    .replace(/^.*?ERROR: \([\w.-]+\) /s, '')
    .split(/\n- '@type'|\nLogs URL|\nFor more troubleshooting/);
  return text.trim();
}

async function lastLines(
  { project, service, region }: Scene,
  revision: string,
  systems: Systems,
  working: Working,
): Promise<readonly string[]> {
  const filter = [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name="${service}"`,
    `resource.labels.revision_name="${revision}"`,
    `resource.labels.location="${region}"`,
  ].join(' ');
  return readLog(filter, project, systems, working);
}

async function readLog(
  filter: string,
  project: string,
  { calls }: Systems,
  { signal }: Working,
): Promise<readonly string[]> {
  const call = gcloud([
    'logging',
    'read',
    filter,
    `--limit=${String(LOG_LINES)}`,
    '--freshness=1h',
    inProject({ project }),
  ]);
  const answer = await calls.ask({ call, select: '.' }, signal);
  // The log helps to explain; without it the failure is still one.
  if (answer.kind !== 'ok') return [];
  // The newest come first; several may have the same time.
  const entries = (answer.value as readonly Entry[])
    .toReversed()
    .toSorted((a, b) => (a.timestamp ?? '').localeCompare(b.timestamp ?? ''));
  return entries.flatMap(({ textPayload, jsonPayload }) => {
    const text = textPayload ?? [jsonPayload?.message, jsonPayload?.detail].filter(Boolean).join(': ');
    return text === '' ? [] : [text.trim()];
  });
}

interface Build {
  readonly url: string | undefined;
  readonly lines: readonly string[];
}

/** gcloud shows the address of the log only on a terminal. */
async function failedBuild(
  { project, region, service }: Scene,
  systems: Systems,
  working: Working,
): Promise<Build | undefined> {
  const call = gcloud([
    ...['builds', 'list', inProject({ project }), `--region=${region}`],
    ...[`--filter=tags=service_${service}`, '--limit=1'],
  ]);
  const answer = await systems.calls.ask({ call, select: '.[0]' }, working.signal);
  if (answer.kind !== 'ok') return undefined;
  const { id, logUrl, failureInfo } = answer.value as {
    id: string;
    logUrl?: string;
    failureInfo?: { detail?: string };
  };
  const lines = await readLog(`resource.type="build" resource.labels.build_id="${id}"`, project, systems, working);
  const detail = failureInfo?.detail === undefined ? [] : [failureInfo.detail];
  return { url: logUrl, lines: lines.length === 0 ? detail : lines.slice(-SHOWN_LINES) };
}
