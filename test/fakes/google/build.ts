/**
 * A build that runs.
 *
 * Source: the log is an object in a bucket, log-ID.txt, and in Cloud Logging (`resource.type="build"`):
 * cloud.google.com/build/docs/securing-builds/store-manage-build-logs; the bucket's name is the documented default. The
 * last lines of a failed docker step: googlecodelabs/feedback#1500, #1458.
 */
import { createHash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRegistry } from './artifact-registry.ts';
import { logsBucket } from './build-description.ts';
import { BuildError, buildImage } from './image-build.ts';
import type { Logging as CloudLogging } from './logging.ts';
import type { Pending } from './pending.ts';
import type { Project } from './project.ts';
import type { Storage, StoredObject } from './storage.ts';
import { unpack } from './source-archive.ts';

export const STEP_FAILED = 'build step 0 "gcr.io/cloud-builders/docker" failed: step exited with non-zero status: 1';

/** https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#loggingmode */
export type Logging = 'LEGACY' | 'CLOUD_LOGGING_ONLY';

export interface Build {
  readonly id: string;
  readonly location: string;
  readonly logging: Logging;
  readonly tags: readonly string[];
  readonly image: string;
  readonly source: StoredObject;
  readonly created: string;
  status: 'WORKING' | 'SUCCESS' | 'FAILURE' | 'CANCELLED';
  digest: string | undefined;
  readonly log: string[];
}

export interface BuildSystems {
  readonly project: Project;
  readonly storage: Storage;
  readonly registry: ArtifactRegistry;
  readonly logging: CloudLogging;
  readonly pending: Pending;
  /** Where images become folders. */
  readonly dir: string;
}

export async function runBuild(build: Build, systems: BuildSystems): Promise<void> {
  const { project, registry, pending, dir } = systems;
  build.log.push(
    `starting build "${build.id}"`,
    'FETCHSOURCE',
    `Fetching storage object: gs://${build.source.bucket}/${build.source.name}#${build.source.generation}`,
    'BUILD',
  );
  await pending.pass('build');
  if (build.status === 'CANCELLED') return;
  try {
    if (project.buildFailure) throw new BuildError(project.buildFailure.join('\n'));
    const content = await buildImage(await unpack(build.source.content), await mkdtemp(join(dir, 'image-')));
    const digest = `sha256:${createHash('sha256').update(build.source.content).digest('hex')}`;
    const [, name = '', tag = 'latest'] = /^([^:]+)(?::(.+))?$/.exec(build.image) ?? [];
    refuseWithoutRepository(name, systems);
    registry.push({
      name,
      digest,
      tags: [tag],
      architecture: project.architecture,
      content,
    });
    build.digest = digest;
    build.log.push(`${build.image}: digest: ${digest}`, 'DONE');
    build.status = 'SUCCESS';
  } catch (error) {
    build.log.push(...(error as Error).message.split('\n'), 'ERROR', `ERROR: ${STEP_FAILED}`);
    build.status = 'FAILURE';
  }
  keepLog(build, systems);
}

/** The words of a push: GoogleCloudPlatform/avocano#412. */
function refuseWithoutRepository(image: string, { project, registry }: BuildSystems): void {
  const [, location = '', repository = ''] = /^([\w-]+)-docker\.pkg\.dev\/[^/]+\/([^/]+)\//.exec(image) ?? [];
  if (registry.repositories.has(`projects/${project.id}/locations/${location}/repositories/${repository}`)) return;
  throw new BuildError(`name unknown: Repository "${repository}" not found`);
}

function keepLog({ id, location, log, logging: mode }: Build, { project, storage, logging }: BuildSystems): void {
  if (mode === 'LEGACY') storage.write(logsBucket(project), `log-${id}.txt`, Buffer.from(`${log.join('\n')}\n`));
  const labels = { build_id: id, build_trigger_id: '', location };
  for (const textPayload of log)
    logging.write({ type: 'build', labels, log: 'cloudbuild' }, { textPayload, severity: 'INFO' });
}
