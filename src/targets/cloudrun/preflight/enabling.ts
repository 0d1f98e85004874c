/** APIs that are turned on: Google says so at once, and refuses their first questions for some minutes all the same. */
import { absent, ok, type Answer, type Failed } from '../../../plan/answer.ts';
import type { CommandCall, Question } from '../../../plan/call.ts';
import type { Plan } from '../../../plan/plan.ts';
import { waitFor, type Working } from '../../../plan/wait.ts';
import { gcloud, inProject, inRegion } from '../google/gcloud.ts';
import { openGoogle, type GoogleApi } from '../google/google-api.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { namespaceUrl } from '../service/service.ts';

/** "If you enabled this API recently, wait a few minutes for the action to propagate": Google's own sentence. */
const LIMIT_MS = 300_000;
const OFF = 'SERVICE_DISABLED';

interface Asked {
  readonly url: string;
  readonly same: CommandCall;
}

/** The cheapest question to each API: what else it answers does not matter. */
const QUESTIONS: Readonly<Record<string, (place: CloudRunPlace) => Asked>> = {
  'artifactregistry.googleapis.com': (place) => ({
    url: `https://artifactregistry.googleapis.com/v1/projects/${place.project}/locations/${place.region}/repositories?pageSize=1`,
    same: gcloud(['artifacts', 'repositories', 'list', inProject(place), `--location=${place.region}`, '--limit=1']),
  }),
  'cloudbuild.googleapis.com': (place) => ({
    url: `https://cloudbuild.googleapis.com/v1/projects/${place.project}/locations/${place.region}/builds?pageSize=1`,
    same: gcloud(['builds', 'list', ...inRegion(place), '--limit=1']),
  }),
  'cloudresourcemanager.googleapis.com': ({ project }) => ({
    url: `https://cloudresourcemanager.googleapis.com/v1/projects/${project}`,
    same: gcloud(['projects', 'describe', project]),
  }),
  'run.googleapis.com': (place) => ({
    url: `${namespaceUrl(place)}/services?limit=1`,
    same: gcloud(['run', 'services', 'list', ...inRegion(place), '--limit=1']),
  }),
  'secretmanager.googleapis.com': (place) => ({
    url: `https://secretmanager.googleapis.com/v1/projects/${place.project}/secrets?pageSize=1`,
    same: gcloud(['secrets', 'list', inProject(place), '--limit=1']),
  }),
  'storage.googleapis.com': (place) => ({
    url: `https://storage.googleapis.com/storage/v1/b?project=${place.project}&maxResults=1`,
    same: gcloud(['storage', 'buckets', 'list', inProject(place), '--limit=1']),
  }),
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
          until: { kind: 'programs', calls: questions.map(({ same }) => same) },
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
async function allAnswer(questions: readonly Asked[], google: GoogleApi): Promise<Answer<undefined>> {
  const answers = await Promise.all(questions.map(({ url, same }) => google.ask(url, undefined, same)));
  const off = answers.find(isOff);
  return off === undefined ? ok(undefined) : absent(off.reason.split('. ', 1)[0] ?? '');
}

const isOff = (answer: Answer<unknown>): answer is Failed => answer.kind === 'failed' && answer.code === OFF;

/** One of Google's machines can still refuse after another has answered: questions to APIs turned on just now wait for it. */
export function patientWith(enabled: readonly string[], google: GoogleApi, working: Working): GoogleApi {
  if (enabled.length === 0) return google;
  return {
    ...google,
    ask: async (url, body, same) => {
      const api = enabled.find((name) => new URL(url).hostname.endsWith(name));
      if (api === undefined) return google.ask(url, body, same);
      const what = `${api} to answer after it was turned on`;
      const ask = async (): Promise<Answer<Answer<unknown>>> => {
        const answer = await google.ask(url, body, same);
        return isOff(answer) ? absent('Google still calls it off') : ok(answer);
      };
      return waitFor({ what, limitMs: LIMIT_MS, ask, quiet: true }, working);
    },
  };
}
