/** Everything that can be known to fail is asked before anything is made, at once: each answer takes its time. */
import type { Answer } from '../../plan/answer.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Systems } from '../../plan/systems.ts';
import type { Working } from '../../plan/wait.ts';
import { Problem, together } from '../../problem.ts';
import { checkAddress } from './address.ts';
import { describeClient, memberOf, readClient, type Client } from './client.ts';
import { gcloud, inProject } from './gcloud.ts';
import { firstSentence, openGoogle, type GoogleApi } from './google-api.ts';
import { checkIdentity } from './identity.ts';
import { checkRights } from './rights.ts';
import type { CloudRunSettings } from './settings.ts';
import { checkUpload } from './upload.ts';

export interface Ground {
  readonly google: GoogleApi;
  readonly client: Client;
  /** The account that the service runs as. */
  readonly account: string;
  /** APIs that are needed and off. */
  readonly off: readonly string[];
  /** What could not be found out. */
  readonly notes: readonly string[];
  /** What may yet fail the first time. */
  readonly doubts: readonly string[];
}

const BUILD_ROLES: ReadonlySet<string> = new Set([
  'roles/run.builder',
  'roles/cloudbuild.builds.builder',
  'roles/editor',
  'roles/owner',
]);

export async function preflight(settings: CloudRunSettings, systems: Systems, working: Working): Promise<Ground> {
  const local = collect([checkUpload(settings.source, systems, working.signal), checkAddress(settings, systems)]);
  const [client, google] = await Promise.all([readClient(systems, working.signal), openGoogle(systems, working)]);
  working.report.say(`${describeClient(client)}; project ${settings.project}, region ${settings.region}`);
  const number = await projectNumber(settings.project, google);
  const account = settings.serviceAccount ?? `${number}-compute@developer.gserviceaccount.com`;
  const off = await apisOff(settings, google);
  // An API that is off answers nothing: what it would have said counts as well.
  const asked = collect([
    checkRegion(settings, google),
    checkBilling(settings.project, google),
    checkAccount(settings, account, google),
    checkRights(settings, { account, caller: memberOf(client) }, google),
    checkIdentity(settings, !off.includes('run.googleapis.com'), google, { systems, working }),
  ]);
  const doubted = collect([buildAccountNote(settings, number, google)]);
  const [first, second, third] = await Promise.all([local, asked, doubted]);
  const problems = [first, second, third].flatMap(({ problems: some }) => some);
  if (problems.length > 0) throw together(problems);
  return { google, client, account, off, notes: [...first.notes, ...second.notes], doubts: third.notes };
}

interface Found {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** All of them are named at once: who has mended one does not want to meet the next. */
async function collect(checks: readonly Promise<unknown>[]): Promise<Found> {
  const results = await Promise.allSettled(checks);
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [asProblem(result.reason)] : []));
  const notes = results.flatMap((result) =>
    result.status === 'fulfilled' && typeof result.value === 'string' ? [result.value] : [],
  );
  return { problems, notes };
}

/** What is no Problem is a bug, and is thrown on as it is. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

async function projectNumber(project: string, google: GoogleApi): Promise<string> {
  const answer = await google.ask(`https://cloudresourcemanager.googleapis.com/v1/projects/${project}`);
  if (answer.kind === 'ok') return (answer.value as { projectNumber: string }).projectNumber;
  const isLogin = answer.kind === 'failed' && answer.code === 'UNAUTHENTICATED';
  throw new Problem('not_permitted', {
    message: `The project ${project} does not exist, or you may not see it: ${firstSentence(answer.reason)}`,
    hint: isLogin ? 'Log in with: gcloud auth login' : 'See yours: gcloud projects list   Then: --project ID',
  });
}

function apisFor({ source, connection }: CloudRunSettings): readonly string[] {
  return [
    'run.googleapis.com',
    ...(source.kind === 'folder'
      ? ['cloudbuild.googleapis.com', 'artifactregistry.googleapis.com', 'storage.googleapis.com']
      : []),
    ...(connection?.password ? ['secretmanager.googleapis.com'] : []),
  ];
}

async function apisOff(settings: CloudRunSettings, google: GoogleApi): Promise<readonly string[]> {
  const url = `https://serviceusage.googleapis.com/v1/projects/${settings.project}/services?filter=state:ENABLED&pageSize=200`;
  const answer = await google.ask(url);
  // Who may not ask may still deploy.
  if (answer.kind !== 'ok') return [];
  const { services = [] } = answer.value as { services?: readonly { config: { name: string } }[] };
  return apisFor(settings).filter((api) => !services.some(({ config }) => config.name === api));
}

/** Turning on an API is the user's decision: it is asked for. */
export function enablePlan({ project }: CloudRunSettings, off: readonly string[]): Plan {
  const isOn = `map(.config.name) as $on | select(${JSON.stringify(off)} - $on == []) | true`;
  return {
    title: `The APIs of ${project}`,
    steps: [
      {
        title: `turn on ${off.join(', ')}`,
        action: {
          kind: 'resource',
          thing: `APIs ${off.join(', ')}`,
          find: { call: gcloud(['services', 'list', '--enabled', inProject({ project })]), select: isOn },
          create: gcloud(['services', 'enable', ...off, inProject({ project })]),
        },
      },
    ],
  };
}

async function checkRegion({ project, region }: CloudRunSettings, google: GoogleApi): Promise<undefined> {
  const answer = await google.ask(`https://run.googleapis.com/v1/projects/${project}/locations?pageSize=200`);
  if (answer.kind !== 'ok') return undefined;
  const { locations = [] } = answer.value as { locations?: readonly { locationId: string }[] };
  const names = locations.map(({ locationId }) => locationId);
  if (names.length === 0 || names.includes(region)) return undefined;
  throw new Problem('bad_setting', {
    message: `Cloud Run has no region ${region}.`,
    hint: `Choose one with --region: ${names.toSorted().join(', ')}`,
  });
}

async function checkBilling(project: string, google: GoogleApi): Promise<undefined> {
  const answer = await google.ask(`https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`);
  if (answer.kind !== 'ok' || (answer.value as { billingEnabled?: boolean }).billingEnabled === true) return undefined;
  throw new Problem('not_enough', {
    message: `The project ${project} has no billing account, and Cloud Run needs one.`,
    hint: `Link one: https://console.cloud.google.com/billing/linkedaccount?project=${project}`,
  });
}

async function checkAccount({ project }: CloudRunSettings, account: string, google: GoogleApi): Promise<undefined> {
  const answer: Answer<unknown> = await google.ask(
    `https://iam.googleapis.com/v1/projects/${project}/serviceAccounts/${account}`,
  );
  if (answer.kind !== 'absent') return undefined;
  throw new Problem('bad_setting', {
    message: `There is no account ${account} for the service to run as.`,
    hint: 'Name another: --service-account NAME@PROJECT.iam.gserviceaccount.com',
  });
}

/** In new organisations the account that builds has no right to read the source. A right of a folder above is not seen here. */
async function buildAccountNote(
  { source, project }: CloudRunSettings,
  number: string,
  google: GoogleApi,
): Promise<string | undefined> {
  if (source.kind === 'image') return undefined;
  const member = `serviceAccount:${number}-compute@developer.gserviceaccount.com`;
  const answer = await google.ask(
    `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:getIamPolicy`,
    {},
  );
  if (answer.kind !== 'ok') return undefined;
  const { bindings = [] } = answer.value as { bindings?: readonly { role: string; members?: readonly string[] }[] };
  if (bindings.some(({ role, members = [] }) => BUILD_ROLES.has(role) && members.includes(member))) return undefined;
  return (
    `No role to build is seen on ${member}. If the build may not read its source: ` +
    `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=roles/run.builder`
  );
}
