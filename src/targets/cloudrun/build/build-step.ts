/**
 * Builds the image in another region than the service's: `run deploy --source` of gcloud 528 builds in the service's region
 * only. Image and source archive go where `run deploy --source` puts them; the archive's folder names the build region.
 */
import type { Json } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import { gcloud, inProject } from '../google/gcloud.ts';
import { listed, read } from '../google/read.ts';
import { googleStep } from '../google/step.ts';
import { homeOf } from '../place/accounts.ts';
import { type CloudRunSettings, tagOfSource } from '../service/settings.ts';
import { archiveFolder, bucketOf, imageName, NOT_FOUND, REPOSITORY } from './built.ts';

export function buildSteps(settings: CloudRunSettings): readonly Step[] {
  const { source, buildRegion } = settings;
  if (source.kind === 'image' || buildRegion === undefined) return [];
  return [repositoryStep(settings), bucketStep(settings), imageStep(settings, source.folder, buildRegion)];
}

export function imageFlags(settings: CloudRunSettings): readonly string[] {
  const { source, buildRegion } = settings;
  if (source.kind === 'image') return [`--image=${source.image}`];
  if (buildRegion !== undefined) return [`--image=${imageName(settings)}@{{IMAGE_DIGEST}}`];
  const account = builderName(settings);
  return [`--source=${source.folder}`, ...(account === undefined ? [] : [`--build-service-account=${account}`])];
}

/** Google wants the resource name of the account. */
function builderName({ project, buildServiceAccount: email }: CloudRunSettings): string | undefined {
  if (email === undefined) return undefined;
  return `projects/${homeOf(email, project)}/serviceAccounts/${email}`;
}

/** As gcloud 528 makes it: command_lib/run/artifact_registry.py. */
function repositoryStep({ project, region }: CloudRunSettings): Step {
  const url = `https://artifactregistry.googleapis.com/v1/projects/${project}/locations/${region}/repositories/${REPOSITORY}`;
  const repositories = (verb: string, more: readonly string[] = []): readonly string[] => [
    ...['artifacts', 'repositories', verb, REPOSITORY, inProject({ project }), `--location=${region}`, ...more],
  ];
  const made = ['--repository-format=docker', '--description=Cloud Run Source Deployments'];
  return googleStep({
    id: 'repository',
    title: `create the repository ${REPOSITORY}`,
    thing: `repository ${REPOSITORY} in ${project}, ${region}`,
    find: { call: read(repositories('describe'), url, { absent: NOT_FOUND }), select: '.name' },
    create: gcloud(repositories('create', made)),
  });
}

/**
 * As gcloud 528 makes it: command_lib/run/sourcedeploys/sources.py. Only a bucket of the project itself counts: its name
 * can be guessed, and somebody else's would get the source.
 */
function bucketStep(settings: CloudRunSettings): Step {
  const { project, region } = settings;
  const bucket = bucketOf(settings);
  const url = `https://storage.googleapis.com/storage/v1/b?project=${project}&prefix=${bucket}`;
  return googleStep({
    id: 'bucket',
    title: `create the bucket ${bucket}`,
    thing: `bucket ${bucket}`,
    find: {
      call: read(['storage', 'buckets', 'list', inProject(settings), `--filter=name=${bucket}`], url, {
        printed: listed('items'),
      }),
      select: `.[] | select(.name == "${bucket}") | .name`,
    },
    create: gcloud([
      ...['storage', 'buckets', 'create', `gs://${bucket}`, inProject(settings)],
      ...[`--location=${region}`, '--uniform-bucket-level-access'],
    ]),
  });
}

/** An image already built from the same source is found by its tag, and not built again. */
function imageStep(settings: CloudRunSettings, folder: string, buildRegion: string): Step {
  const { project, region, service } = settings;
  const name = imageName(settings);
  const tag = tagOfSource(settings);
  const tags = `projects/${project}/locations/${region}/repositories/${REPOSITORY}/packages/${service}/tags`;
  const url = `https://artifactregistry.googleapis.com/v1/${tags}/${tag}`;
  const printed = (answer: unknown): string => {
    const { name: found, version } = answer as { readonly name: string; readonly version: string };
    return JSON.stringify([{ tag: found, version }]);
  };
  return googleStep({
    id: 'image',
    title: `build the image in ${buildRegion}`,
    thing: `image ${name}:${tag}`,
    fact: 'IMAGE_DIGEST',
    find: {
      call: read(['artifacts', 'docker', 'tags', 'list', name, inProject(settings)], url, {
        absent: NOT_FOUND,
        printed,
      }),
      select: `.[] | select(.tag == "${tags}/${tag}") | .version | split("/") | last`,
    },
    create: gcloud(
      [
        ...['builds', 'submit', folder, inProject(settings), `--region=${buildRegion}`, '--config=/dev/stdin'],
        `--gcs-source-staging-dir=gs://${bucketOf(settings)}/${archiveFolder(settings)}${buildRegion}`,
      ],
      { stdin: { json: buildConfig(settings, `${name}:${tag}`) }, limitMs: settings.limitMs },
    ),
  });
}

/**
 * As gcloud's own `--tag`, with the tag of `run deploy --source`, by which the builds of a service are found. The log goes to
 * Cloud Logging only: Cloud Build demands a choice when an account is named, and nobody would clean up a bucket.
 * https://cloud.google.com/build/docs/build-config-file-schema,
 * https://cloud.google.com/build/docs/securing-builds/store-manage-build-logs
 */
function buildConfig(settings: CloudRunSettings, image: string): Json {
  const serviceAccount = builderName(settings);
  const args = ['build', '--network', 'cloudbuild', '--no-cache', '-t', image, '.'];
  return {
    steps: [{ name: 'gcr.io/cloud-builders/docker', args }],
    images: [image],
    tags: [`service_${settings.service}`],
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    ...(serviceAccount !== undefined && { serviceAccount }),
  };
}
