/** Google calls an API on at once, and still refuses its first questions for some minutes. */
import { absent, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { CommandCall, Question } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import { waitFor, type WorkContext } from '../../../plan/wait.ts';
import { gcloud, inProject, inRegion } from '../google/gcloud.ts';
import { openGoogle, type GoogleApi } from '../google/google-api.ts';
import { read } from '../google/read.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { namespaceUrl } from '../service/reads.ts';

/** "If you enabled this API recently, wait a few minutes for the action to propagate": Google's own sentence. */
const LIMIT_MS = 300_000;
const OFF = 'SERVICE_DISABLED';

/** The cheapest question to each API: only whether it is off matters. */
const QUESTIONS: Readonly<Record<string, (place: CloudRunPlace) => CommandCall>> = {
  'artifactregistry.googleapis.com': (place) =>
    read(
      ['artifacts', 'repositories', 'list', inProject(place), `--location=${place.region}`, '--limit=1'],
      `https://artifactregistry.googleapis.com/v1/projects/${place.project}/locations/${place.region}/repositories?pageSize=1`,
    ),
  'cloudbuild.googleapis.com': (place) =>
    read(
      ['builds', 'list', ...inRegion(place), '--limit=1'],
      `https://cloudbuild.googleapis.com/v1/projects/${place.project}/locations/${place.region}/builds?pageSize=1`,
    ),
  'cloudresourcemanager.googleapis.com': ({ project }) =>
    read(['projects', 'describe', project], `https://cloudresourcemanager.googleapis.com/v1/projects/${project}`),
  'run.googleapis.com': (place) =>
    read(['run', 'services', 'list', ...inRegion(place), '--limit=1'], `${namespaceUrl(place)}/services?limit=1`),
  'secretmanager.googleapis.com': (place) =>
    read(
      ['secrets', 'list', inProject(place), '--limit=1'],
      `https://secretmanager.googleapis.com/v1/projects/${place.project}/secrets?pageSize=1`,
    ),
  'storage.googleapis.com': (place) =>
    read(
      ['storage', 'buckets', 'list', inProject(place), '--limit=1'],
      `https://storage.googleapis.com/storage/v1/b?project=${place.project}&maxResults=1`,
    ),
};

/** Turning on an API is the user's decision: it is asked for. */
export function enablePlan(place: CloudRunPlace, off: readonly string[]): Plan {
  const { project } = place;
  const questions = off.flatMap((api) => QUESTIONS[api]?.(place) ?? []);
  let google: Promise<GoogleApi> | undefined;
  return {
    title: `The APIs of ${project}`,
    steps: [
      {
        id: 'apis',
        title: `turn on ${off.join(', ')}`,
        action: {
          kind: 'resource',
          thing: `APIs ${off.join(', ')}`,
          find: apisAreOn(place, off),
          create: gcloud(['services', 'enable', ...off, inProject({ project })]),
        },
        ready: {
          what: `${off.join(', ')} to answer (Google needs some minutes after they are turned on)`,
          limitMs: LIMIT_MS,
          until: { kind: 'programs', calls: questions },
          look: async ({ systems, working }) => allAnswer(questions, await (google ??= openGoogle(systems, working))),
        },
      },
    ],
  };
}

export function apisAreOn({ project }: CloudRunPlace, off: readonly string[]): Question {
  const select = `map(.config.name) as $on | select(${JSON.stringify(off)} - $on == []) | true`;
  return { call: gcloud(['services', 'list', '--enabled', inProject({ project })]), select };
}

/** A refusal for another reason is an answer: the API is on. */
async function allAnswer(questions: readonly CommandCall[], google: GoogleApi): Promise<Answer<undefined>> {
  const answers = await Promise.all(questions.map((question) => google.ask(question)));
  const off = answers.find(isOff);
  return off === undefined ? ok(undefined) : absent(off.reason.split('. ', 1)[0] ?? '');
}

const isOff = (answer: Answer<unknown>): answer is Failed => answer.kind === 'failed' && answer.code === OFF;

/** One of Google's machines can still refuse after another has answered: asks APIs turned on just now again. */
export function withApisAwaited(enabled: readonly string[], google: GoogleApi, working: WorkContext): GoogleApi {
  if (enabled.length === 0) return google;
  return {
    ...google,
    ask: async (call, select) => {
      const api = enabled.find((name) => call.rest && new URL(call.rest.url).hostname.endsWith(name));
      if (api === undefined) return google.ask(call, select);
      const what = `${api} to answer after it was turned on`;
      const ask = async (): Promise<Answer<Answer<unknown>>> => {
        const answer = await google.ask(call, select);
        return isOff(answer) ? absent('Google still calls it off') : ok(answer);
      };
      return waitFor({ what, limitMs: LIMIT_MS, ask, quiet: true }, working);
    },
  };
}
