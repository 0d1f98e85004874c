/** Everything that can be known to fail is checked before anything is made, in parallel: each answer takes its time. */
import * as v from 'valibot';
import type { Systems } from '../../../plan/systems.ts';
import type { WorkContext } from '../../../plan/wait.ts';
import { Problem, together } from '../../../problem.ts';
import { defaultBuilder, mayBuild } from '../build/builder.ts';
import { newestBuild } from '../build/builds.ts';
import { grant } from '../failures/failure.ts';
import { unanswered } from '../failures/failures.ts';
import { firstSentence } from '../failures/said.ts';
import { shaped } from '../google/answer.ts';
import { describeClient, readClient, type Client } from '../google/client.ts';
import { inProject } from '../google/gcloud.ts';
import { openGoogle, type GoogleApi } from '../google/google-api.ts';
import { listed, read } from '../google/read.ts';
import { accountUrl, enableAccount } from '../place/accounts.ts';
import { buildPlace } from '../place/place.ts';
import type { CloudRunSettings } from '../service/settings.ts';
import { readState, type ServiceState } from '../service/state.ts';
import { checkAddress } from './address.ts';
import { askApis, projectNumberIn, readApis, type ApisAnswer } from './apis.ts';
import { withApisAwaited } from './enabling.ts';
import { checkIdentity, checkRights } from './rights.ts';
import { checkUpload } from './upload.ts';

export interface Preflight {
  readonly google: GoogleApi;
  readonly client: Client;
  /** The account that the service runs as. */
  readonly account: string;
  /** The account that builds the image; undefined where Google does not say. */
  readonly builder: string | undefined;
  /** The newest build of the service before this deployment. */
  readonly lastBuild: string | undefined;
  readonly off: readonly string[];
  /** What could not be found out. */
  readonly notes: readonly string[];
  /** What may yet fail the first time. */
  readonly doubts: readonly string[];
}

const RESOURCE_MANAGER = 'cloudresourcemanager.googleapis.com';

/** @param enabled APIs that were turned on just now: Google may still call them off */
export async function preflight(
  settings: CloudRunSettings,
  systems: Systems,
  working: WorkContext,
  enabled: readonly string[] = [],
): Promise<Preflight> {
  const { project, source } = settings;
  const local = collect([checkUpload(source, systems, working.signal), checkAddress(settings, systems)]);
  // Its failure is reported with the others, below.
  local.catch(() => undefined);
  const [client, opened] = await Promise.all([readClient(systems, working.signal), openGoogle(systems, working)]);
  const google = withApisAwaited(enabled, opened, working);
  working.report.say(`${describeClient(client)}; project ${project}, region ${settings.region}`);
  const apis = askApis(settings, google);
  // The project comes first: of a missing one, nothing can be known.
  apis.catch(() => undefined);
  const { number, isManagerOff } = await findProject(project, google, apis);
  const account = settings.serviceAccount ?? `${number}-compute@developer.gserviceaccount.com`;
  const { off: offThere, doubt } = readApis(settings, await apis, google);
  const off = [...offThere, ...(isManagerOff ? [RESOURCE_MANAGER] : [])].filter((api) => !enabled.includes(api));
  const isBuilt = source.kind === 'folder';
  const building = isBuilt && !off.includes('cloudbuild.googleapis.com');
  const named = settings.buildServiceAccount;
  const builds = buildPlace(settings);
  const [builder, lastBuild] = building
    ? await Promise.all([named ?? defaultBuilder(builds, google), newestBuild(builds, google)])
    : [undefined, undefined];
  const reading = off.includes('run.googleapis.com')
    ? Promise.resolve({ state: undefined })
    : readBefore(settings, google);
  // An API that is off answers nothing: what it would have said counts as well.
  const asked = collect([
    checkRegion(settings, google),
    checkBilling(project, google),
    checkAccount(settings, account, google),
    reading.then((before) => checkRights(settings, account, before?.state?.openness, google)),
    reading.then((before) => before && checkIdentity(settings, before.state, systems, working)),
  ]);
  const doubted = collect([isBuilt ? buildAccountNote(project, builder, google) : Promise.resolve(undefined)]);
  const [first, second, third] = await Promise.all([local, asked, doubted]);
  const problems = [first, second, third].flatMap(({ problems: some }) => some);
  if (problems.length > 0) throw together(problems);
  const notes = [...(doubt === undefined ? [] : [doubt]), ...first.notes, ...second.notes];
  return { google, client, account, builder, lastBuild, off, notes, doubts: third.notes };
}

/** undefined where it cannot be read: the deployment reads it again before it creates anything, and reports the reason. */
async function readBefore(
  settings: CloudRunSettings,
  google: GoogleApi,
): Promise<{ readonly state: ServiceState | undefined } | undefined> {
  try {
    return { state: await readState(settings, google) };
  } catch (error) {
    asProblem(error);
    return undefined;
  }
}

interface Findings {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Reports all problems at once. */
async function collect(checks: readonly Promise<unknown>[]): Promise<Findings> {
  const results = await Promise.allSettled(checks);
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [asProblem(result.reason)] : []));
  const notes = results.flatMap((result) =>
    result.status === 'fulfilled' && typeof result.value === 'string' ? [result.value] : [],
  );
  return { problems, notes };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

const PROJECT = v.object({ projectNumber: v.union([v.string(), v.number()]) });

interface Project {
  readonly number: string;
  /** The API that knows projects is off: Service Usage, which cannot be, has the number too. */
  readonly isManagerOff: boolean;
}

/** Throws a Problem. A project is called missing only when Google says so. */
async function findProject(project: string, google: GoogleApi, apis: Promise<ApisAnswer>): Promise<Project> {
  const url = `https://${RESOURCE_MANAGER}/v1/projects/${project}`;
  const answer = shaped(PROJECT, await google.ask(read(['projects', 'describe', project], url)));
  if (answer.kind === 'ok') return { number: String(answer.value.projectNumber), isManagerOff: false };
  if (answer.kind === 'failed' && answer.code === 'SERVICE_DISABLED') {
    const number = projectNumberIn(await apis);
    if (number !== undefined) return { number, isManagerOff: true };
  }
  if (answer.kind === 'failed' && answer.code !== 'PERMISSION_DENIED')
    throw unanswered(`The project ${project}`, answer, { project, caller: google.caller });
  throw new Problem('not_permitted', {
    message: `The project ${project} does not exist, or you may not see it: ${firstSentence(answer.reason)}`,
    hint: 'See yours: gcloud projects list   Then: --project ID',
  });
}

const LOCATIONS = v.array(v.object({ locationId: v.string() }));

async function checkRegion({ project, region }: CloudRunSettings, google: GoogleApi): Promise<undefined> {
  const url = `https://run.googleapis.com/v1/projects/${project}/locations?pageSize=200`;
  const words = ['run', 'regions', 'list', inProject({ project })];
  const answer = shaped(LOCATIONS, await google.ask(read(words, url, { printed: listed('locations') })));
  if (answer.kind !== 'ok') return undefined;
  const names = answer.value.map(({ locationId }) => locationId);
  if (names.length === 0 || names.includes(region)) return undefined;
  throw new Problem('bad_setting', {
    message: `Cloud Run has no region ${region}.`,
    hint: `Choose one with --region: ${names.toSorted().join(', ')}`,
  });
}

const BILLING = v.object({ billingEnabled: v.nullish(v.boolean()) });

async function checkBilling(project: string, google: GoogleApi): Promise<undefined> {
  const url = `https://cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`;
  const answer = shaped(BILLING, await google.ask(read(['billing', 'projects', 'describe', project], url)));
  if (answer.kind !== 'ok' || answer.value.billingEnabled === true) return undefined;
  throw new Problem('billing_off', {
    message: `The project ${project} has no billing account, and Cloud Run needs one.`,
    hint: `Link one: https://console.cloud.google.com/billing/linkedaccount?project=${project}`,
  });
}

const ACCOUNT = v.object({ disabled: v.nullish(v.boolean()) });

async function checkAccount({ project }: CloudRunSettings, account: string, google: GoogleApi): Promise<undefined> {
  const words = ['iam', 'service-accounts', 'describe', account, inProject({ project })];
  const answer = shaped(ACCOUNT, await google.ask(read(words, accountUrl(account), { absent: 'NOT_FOUND' })));
  if (answer.kind === 'absent') {
    throw new Problem('bad_setting', {
      message: `There is no account ${account} for the service to run as.`,
      hint: 'Name another: --service-account NAME@PROJECT.iam.gserviceaccount.com',
    });
  }
  // https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts: left out unless it is true
  if (answer.kind !== 'ok' || answer.value.disabled !== true) return undefined;
  throw new Problem('not_permitted', {
    message: `The account ${account}, which the service is to run as, is disabled.`,
    hint: enableAccount(account, project),
  });
}

/** In new organizations the account that builds has no right to read the source. */
async function buildAccountNote(
  project: string,
  builder: string | undefined,
  google: GoogleApi,
): Promise<string | undefined> {
  if (builder === undefined || (await mayBuild(project, builder, google)) !== false) return undefined;
  const member = `serviceAccount:${builder}`;
  return `No role to build is seen on ${member}. If the build may not read its source: ${grant(project, member, 'roles/run.builder')}`;
}
