/** Calls of gcloud. What is known of its behaviour was observed with version 528. */
import type { CommandCall } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { RETRY } from './retry.ts';

/**
 * Properties of gcloud that would change what its answers look like, whatever the active configuration has
 * (https://cloud.google.com/sdk/docs/properties): no questions, and no API turned on where it would have asked; no log
 * file, which would hold the settings in clear; no bold text in errors, which neither NO_COLOR nor a pipe takes away;
 * stdout as asked for, and stderr as text without debug lines; Cloud Run, and not Knative on a cluster.
 */
const QUIET = {
  CLOUDSDK_CORE_DISABLE_FILE_LOGGING: 'true',
  CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
  CLOUDSDK_CORE_DEFAULT_FORMAT: 'default',
  CLOUDSDK_CORE_LOG_HTTP: 'false',
  CLOUDSDK_CORE_SHOULD_PROMPT_TO_ENABLE_API: 'false',
  CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS: 'never',
  CLOUDSDK_CORE_USER_OUTPUT_ENABLED: 'true',
  CLOUDSDK_CORE_VERBOSITY: 'warning',
  CLOUDSDK_RUN_PLATFORM: 'managed',
  TERM: 'dumb',
} as const;

/**
 * gcloud itself tries again after a 503, not after a 429, and not when two change a service at once. An API that was
 * turned on just now is still called off by some of Google's machines; of that, gcloud sometimes only says "Retry".
 */
export const TRANSIENT =
  'RESOURCE_EXHAUSTED: Quota exceeded|ABORTED: |Conflict for resource|SERVICE_DISABLED|has not been used in project|ERROR: \\([\\w.]+\\) Retry\\b';
const LIMIT_MS = 180_000;

type More = Partial<Omit<CommandCall, 'words' | 'env'>>;

export function gcloudText(words: readonly string[], more: More = {}): CommandCall {
  return { transient: TRANSIENT, limitMs: LIMIT_MS, ...more, words: ['gcloud', ...words], env: QUIET };
}

export function gcloud(words: readonly string[], more: More = {}): CommandCall {
  return gcloudText([...words, '--format=json'], more);
}

/** Valid for an hour. */
export const ACCESS_TOKEN = gcloudText(['auth', 'print-access-token'], {
  once: true,
  retry: { ...RETRY, what: 'an access token' },
});

export const inProject = ({ project }: Pick<CloudRunPlace, 'project'>): string => `--project=${project}`;

export const inRegion = ({ project, region }: CloudRunPlace): readonly string[] => [
  inProject({ project }),
  `--region=${region}`,
];

export function installFirst(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'command_missing') throw error;
  throw new Problem('command_missing', {
    message: 'gcloud is not installed, or not on the PATH.',
    hint: 'Install it: https://cloud.google.com/sdk/docs/install   Then: gcloud auth login',
  });
}
