import * as v from 'valibot';
import type { Answer } from '../../../plan/answer.ts';
import { grant } from '../failures/failure.ts';
import { unanswered } from '../failures/failures.ts';
import { shaped } from '../google/answer.ts';
import { inProject } from '../google/gcloud.ts';
import type { GoogleApi } from '../google/google-api.ts';
import { listed, read } from '../google/read.ts';
import type { CloudRunSettings } from '../service/settings.ts';

interface Apis {
  readonly off: readonly string[];
  /** Why it is not known which of them are off. */
  readonly doubt?: string;
}

/** https://cloud.google.com/service-usage/docs/reference/rest/v1/services: each has `projects/NUMBER` as its parent. */
const SERVICES = v.array(
  v.object({
    config: v.object({ name: v.string() }),
    state: v.optional(v.string()),
    parent: v.optional(v.string()),
  }),
);

export type ApisAnswer = Answer<v.InferOutput<typeof SERVICES>>;

type Needs = Pick<CloudRunSettings, 'project' | 'source' | 'connection'>;

function apisFor({ source, connection }: Needs): readonly string[] {
  return [
    'run.googleapis.com',
    ...(source.kind === 'folder'
      ? ['cloudbuild.googleapis.com', 'artifactregistry.googleapis.com', 'storage.googleapis.com']
      : []),
    ...(connection?.password ? ['secretmanager.googleapis.com'] : []),
  ];
}

/**
 * Only the needed ones, so that the answer has no pages: https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchGet
 * gcloud has no command for it: it filters its list, which needs another right. So after a refusal gcloud is not tried.
 */
export async function askApis(settings: Needs, google: GoogleApi): Promise<ApisAnswer> {
  const { project } = settings;
  const apis = apisFor(settings);
  const names = apis.map((api) => `names=${encodeURIComponent(`projects/${project}/services/${api}`)}`).join('&');
  const url = `https://serviceusage.googleapis.com/v1/projects/${project}/services:batchGet?${names}`;
  const filter = `--filter=config.name=(${apis.join(' ')})`;
  const words = ['services', 'list', '--enabled', filter, inProject(settings)];
  return shaped(SERVICES, await google.ask(read(words, url, { printed: listed('services'), refusals: [] })));
}

/** By Google's code. An account that cannot see which APIs are off can still deploy: an API that is off reports it. */
const DOUBTS: Readonly<Record<string, (project: string, caller: string) => string>> = {
  PERMISSION_DENIED: (project, caller) =>
    `your account cannot see it. To see it: ${grant(project, caller, 'roles/serviceusage.serviceUsageViewer')}`,
  SERVICE_DISABLED: (project) =>
    `the API that tells it is off. To see it: gcloud services enable serviceusage.googleapis.com --project=${project}`,
};

/** Throws a Problem where Google did not answer: a deployment without them fails only after its build. */
export function readApis(settings: Needs, answer: ApisAnswer, { caller }: GoogleApi): Apis {
  const needed = apisFor(settings);
  if (answer.kind === 'ok') {
    const on = answer.value.filter(({ state }) => state === 'ENABLED').map(({ config }) => config.name);
    return { off: needed.filter((api) => !on.includes(api)) };
  }
  const { project } = settings;
  const wayOut = answer.kind === 'failed' ? DOUBTS[answer.code ?? '']?.(project, caller) : undefined;
  const list = `${needed.join(', ')} ${needed.length === 1 ? 'is' : 'are'} on in ${project}`;
  if (wayOut !== undefined) return { off: [], doubt: `It is not known whether ${list}: ${wayOut}` };
  throw unanswered(`Which APIs are on in ${project} is not known`, answer, { project, caller });
}

export function projectNumberIn(answer: ApisAnswer): string | undefined {
  if (answer.kind !== 'ok') return undefined;
  return answer.value
    .map(({ parent }) => /^projects\/(\d+)$/.exec(parent ?? '')?.[1])
    .find((number) => number !== undefined);
}
