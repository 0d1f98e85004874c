/**
 * Builds and their operations as Cloud Build answers them: cloud.google.com/build/docs/api/reference/rest/v1/projects.builds.
 * "Build failed; check build logs for details": google-gemini/gemini-cli#13799.
 */
import { STEP_FAILED, type Build } from './build.ts';
import type { Json } from './exchange.ts';
import { computeAccount, type Project } from './project.ts';

export function logsBucket({ number }: Project): string {
  return `${number}.cloudbuild-logs.googleusercontent.com`;
}

export function operation(build: Build, project: Project): Json {
  const name = `projects/${project.id}/locations/${build.location}/operations/${build.id}`;
  const metadata = {
    '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata',
    build: describe(build, project),
  };
  if (build.status === 'WORKING') return { name, metadata };
  if (build.status !== 'SUCCESS') {
    return { name, metadata, done: true, error: { code: 9, message: 'Build failed; check build logs for details' } };
  }
  const response = { '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.Build', ...describe(build, project) };
  return { name, metadata, done: true, response };
}

export function describe(build: Build, project: Project): Json {
  const { id, location, logging, tags, image, source, created, status, digest } = build;
  const { number } = project;
  return {
    id,
    name: `projects/${number}/locations/${location}/builds/${id}`,
    projectId: project.id,
    status,
    tags,
    createTime: created,
    startTime: created,
    ...(status !== 'WORKING' && { finishTime: new Date().toISOString() }),
    source: { storageSource: { bucket: source.bucket, object: source.name, generation: source.generation } },
    images: [image],
    ...(digest !== undefined && { results: { images: [{ name: image, digest }] } }),
    ...(status === 'FAILURE' && {
      failureInfo: { type: 'USER_BUILD_STEP', detail: `Build step failure: ${STEP_FAILED}` },
    }),
    ...(logging === 'LEGACY' && { logsBucket: `gs://${logsBucket(project)}` }),
    logUrl: `https://console.cloud.google.com/cloud-build/builds;region=${location}/${id}?project=${number}`,
    options: { logging },
    serviceAccount: `projects/${project.id}/serviceAccounts/${computeAccount(project)}`,
  };
}
