/**
 * Cloud Build, and Cloud Run's `builds:submit` in front of it.
 *
 * Where each belief comes from:
 * - the request and the answer of `builds:submit` (v2), that the operation is polled at Cloud Build under the id of the
 *   build, and that its response is the build: gcloud 528, command_lib/run/sourcedeploys/deployer.py.
 * - the request and the answer of `builds` (v1), which `gcloud builds submit` sends and then asks for until the build has
 *   ended: the real gcloud 528 against this stand-in, and its command_lib/builds/submit_util.py.
 * - a build account that is named needs a choice of where the log goes: cert-manager/cert-manager#8851.
 * - the build account cannot read the source: google/mcp-security#132.
 * - a build account demanded by policies: GoogleCloudPlatform/genai-for-marketing#149; no builds in the region:
 *   google-github-actions/deploy-cloudrun#480. A build that is refused so does not exist.
 */
import { randomUUID } from 'node:crypto';
import { runBuild, type Build, type BuildSystems, type Logging } from './build.ts';
import { describe, operation } from './build-description.ts';
import { Refusal, type Json, type Route, type RoutedCall } from './exchange.ts';
import { computeAccount, type Project } from './project.ts';

const HOST = 'cloudbuild.googleapis.com';
const BUILDS = `${HOST}/v1/projects/{project}/locations/{location}/builds`;

const NO_LOG =
  "if 'build.service_account' is specified, the build must either (a) specify 'build.logs_bucket', (b) use the REGIONAL_USER_OWNED_BUCKET build.options.default_logs_bucket_behavior option, or (c) use either CLOUD_LOGGING_ONLY / NONE logging options";

export interface CloudBuild {
  readonly builds: readonly Build[];
  readonly routes: readonly Route[];
}

interface Submission {
  readonly storageSource?: { readonly bucket: string; readonly object: string };
  readonly imageUri?: string;
  readonly tags?: readonly string[];
  readonly buildpackBuild?: Json;
  /** `projects/…/serviceAccounts/EMAIL` */
  readonly serviceAccount?: string;
}

/** https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#Build */
interface Creation {
  readonly source?: Pick<Submission, 'storageSource'>;
  readonly steps?: readonly { readonly name: string; readonly args?: readonly string[] }[];
  readonly images?: readonly string[];
  readonly tags?: readonly string[];
  readonly serviceAccount?: string;
  readonly options?: { readonly logging?: Logging };
}

export function createCloudBuild(systems: BuildSystems): CloudBuild {
  const { project } = systems;
  const builds: Build[] = [];
  const find = ({ params }: RoutedCall): Build => {
    const build = builds.find(({ id }) => id === params['id']);
    if (build) return build;
    throw new Refusal('NOT_FOUND', 'Requested entity was not found.');
  };
  const start = (
    location: string,
    { storageSource, imageUri = '', tags = [], serviceAccount }: Submission,
    logging: Logging,
  ) => {
    refuseByPolicy(location, serviceAccount, project);
    const source = systems.storage.find(storageSource?.bucket ?? '', storageSource?.object ?? '');
    if (project.buildAccount !== 'ok' || !source) throw unreadable(project);
    const build: Build = {
      id: randomUUID(),
      location,
      tags,
      logging,
      image: imageUri,
      source,
      created: new Date().toISOString(),
      status: 'WORKING',
      digest: undefined,
      log: [],
    };
    builds.push(build);
    void runBuild(build, systems);
    return operation(build, project);
  };
  const submit = ({ params, json }: RoutedCall): Json => {
    const submission = json as Submission;
    if (submission.buildpackBuild) throw new Refusal('INVALID_ARGUMENT', 'this stand-in does not play buildpacks');
    return { buildOperation: start(params['location'] ?? '', submission, 'LEGACY') };
  };
  const create = ({ params, json }: RoutedCall): Json => {
    const { source, steps = [], images = [], tags = [], serviceAccount, options } = json as Creation;
    const [imageUri = ''] = images;
    const isDocker = steps.length === 1 && steps[0]?.name === 'gcr.io/cloud-builders/docker';
    if (!isDocker || steps[0]?.args?.includes(imageUri) !== true)
      throw new Refusal('INVALID_ARGUMENT', 'this stand-in plays docker build only');
    if (serviceAccount !== undefined && options?.logging === undefined) throw new Refusal('INVALID_ARGUMENT', NO_LOG);
    const submission = { ...source, imageUri, tags, ...(serviceAccount !== undefined && { serviceAccount }) };
    return start(params['location'] ?? '', submission, options?.logging ?? 'LEGACY');
  };
  const routes: readonly Route[] = [
    {
      on: 'POST {region}-run.googleapis.com/v2/projects/{project}/locations/{location}/builds:submit',
      needs: 'cloudbuild.builds.create',
      answer: submit,
    },
    { on: `POST ${BUILDS}`, needs: 'cloudbuild.builds.create', answer: create },
    { on: `GET ${BUILDS}/{id}`, needs: 'cloudbuild.builds.get', answer: (call) => describe(find(call), project) },
    {
      on: `GET ${BUILDS}`,
      needs: 'cloudbuild.builds.list',
      answer: ({ params, query }) => {
        const tag = /tags\s*[=:]\s*"?([\w.-]+)"?/.exec(query.get('filter') ?? '')?.[1];
        const found = builds.filter(
          ({ tags, location }) => location === params['location'] && (tag === undefined || tags.includes(tag)),
        );
        return found.length === 0 ? {} : { builds: found.map((build) => describe(build, project)).reverse() };
      },
    },
    {
      on: `POST ${BUILDS}/{id}:cancel`,
      needs: 'cloudbuild.builds.update',
      answer: (call) => {
        const build = find(call);
        build.status = 'CANCELLED';
        return describe(build, project);
      },
    },
    {
      on: `GET ${HOST}/v1/projects/{project}/locations/{location}/operations/{id}`,
      needs: 'cloudbuild.builds.get',
      answer: (call) => operation(find(call), project),
    },
    {
      on: `GET ${HOST}/v1/projects/{project}/locations/{location}/defaultServiceAccount`,
      answer: () => ({
        name: `projects/${project.id}/serviceAccounts/${computeAccount(project)}`,
        serviceAccountEmail: `projects/${project.id}/serviceAccounts/${computeAccount(project)}`,
      }),
    },
  ];
  return { builds, routes };
}

function refuseByPolicy(location: string, account: string | undefined, { constraints, closedToBuilds }: Project): void {
  if (closedToBuilds.has(location)) {
    const message =
      'failed precondition: due to quota restrictions, cannot run builds in this region. Please contact support';
    throw new Refusal('FAILED_PRECONDITION', message);
  }
  if (constraints.has('cloudbuild.allowedWorkerPools')) {
    const message = 'the build is denied by the organization policy constraints/cloudbuild.allowedWorkerPools';
    throw new Refusal('FAILED_PRECONDITION', message);
  }
  if (!constraints.has('cloudbuild.useBuildServiceAccount') || account !== undefined) return;
  const names = ['disableCreateDefaultServiceAccount', 'useBuildServiceAccount', 'useComputeServiceAccount'];
  const list = names.map((name) => `"constraints/cloudbuild.${name}"`).join('\n');
  throw new Refusal(
    'INVALID_ARGUMENT',
    `build.service_account must be specified due to the evaluation of the following org policies:\n${list}\nPlease check the value of these constraints and visit https://cloud.google.com/build/docs/cloud-build-service-account-updates for information on setting build.service_account.`,
  );
}

function unreadable(project: Project): Refusal {
  const why = `googleapi: Error 403: ${computeAccount(project)} does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist)., forbidden`;
  return new Refusal('INVALID_ARGUMENT', `Invalid build request. could not resolve source: ${why}`);
}
