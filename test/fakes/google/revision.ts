/**
 * A revision: an immutable template, and its instance.
 *
 * Where each belief comes from:
 * - another architecture: "terminated: Application failed to start: failed to load … exec format error" in the log, and
 *   the same failure to listen: GoogleCloudPlatform/jit-groups#270, umami-software/umami#2018.
 * - "Container called exit(127).": PrefectHQ/prefect#16673.
 * - "Image '…' not found.": the facts of issue 5, made up there too; reason ContainerMissing: knative/serving#990.
 */
import { join } from 'node:path';
import type { ArtifactRegistry } from './artifact-registry.ts';
import { startContainer, type Container, type Workload } from './container.ts';
import type { Image } from './images.ts';
import type { ContainerSpec, Failure, Template } from './knative.ts';
import type { Logging, Severity } from './logging.ts';
import type { Project } from './project.ts';
import { resolveEnv } from './revision-env.ts';
import { explain, failedToListen } from './revision-failure.ts';
import type { SecretManager } from './secret-manager.ts';
import { awaitStart } from './startup.ts';
import type { Watchdog } from './watchdog.ts';

export interface RevisionSystems {
  readonly project: Project;
  readonly registry: ArtifactRegistry;
  readonly secrets: SecretManager;
  readonly logging: Logging;
  readonly watchdog: Watchdog;
  readonly hosts: Readonly<Record<string, string>>;
}

export interface Revision {
  readonly name: string;
  readonly service: string;
  readonly region: string;
  readonly generation: number;
  readonly created: string;
  /** Whose request made it. */
  readonly creator: string;
  readonly template: Template;
  /** `name@sha256:…` once the image was found. */
  imageDigest: string | undefined;
  state: 'Unknown' | 'True' | Failure;
  container: Container | undefined;
  /** Requests that it is answering, and changes that need it. */
  busy: number;
  starting: Promise<Failure | undefined> | undefined;
}

/** Starts its instance unless it runs. Undefined when it serves. */
export function ensureRunning(revision: Revision, systems: RevisionSystems): Promise<Failure | undefined> {
  if (revision.container?.ended() === undefined && revision.container)
    return revision.starting ?? Promise.resolve(undefined);
  revision.starting ??= start(revision, systems).finally(() => {
    revision.starting = undefined;
  });
  return revision.starting;
}

export async function stopInstance(revision: Revision): Promise<void> {
  const { container } = revision;
  revision.container = undefined;
  await container?.stop();
}

export function containerOf({ template }: Revision): ContainerSpec {
  const [container] = template.spec.containers;
  if (!container) throw new Error('a revision without a container');
  return container;
}

export function logSource({ name, service, region }: Revision, log: string) {
  const labels = { service_name: service, revision_name: name, configuration_name: service, location: region };
  return { type: 'cloud_run_revision', labels, log: `run.googleapis.com/${log}` };
}

async function start(revision: Revision, systems: RevisionSystems): Promise<Failure | undefined> {
  const { project, logging, registry } = systems;
  const spec = containerOf(revision);
  const say = (severity: Severity, textPayload: string): void => {
    logging.write(logSource(revision, 'varlog/system'), { severity, textPayload });
  };
  const image = registry.find(spec.image);
  if (!image) return { reason: 'ContainerMissing', message: `Image '${spec.image}' not found.` };
  revision.imageDigest = `${image.name}@${image.digest}`;
  const env = resolveEnv(revision, systems);
  if ('reason' in env) return env;
  if (image.architecture !== 'amd64') {
    const [program = ''] = image.content.command;
    say(
      'ERROR',
      `terminated: Application failed to start: failed to load /usr/local/bin/${program}: exec format error`,
    );
    return failedToListen(revision, project);
  }
  const workload = workloadOf(spec, image, { ...env.values, ...platformEnv(revision) });
  const container = await startContainer({
    workload: project.tamper?.(workload) ?? workload,
    hosts: systems.hosts,
    watchdog: systems.watchdog,
    onLine: (channel, line) => {
      logging.writeLine(logSource(revision, channel), line);
    },
  });
  revision.container = container;
  const failure = await awaitStart(container, spec.startupProbe ?? {}, project.startLimitMs);
  if (failure === undefined) return undefined;
  await stopInstance(revision);
  const end = container.ended();
  if (failure === 'ended' && end !== undefined) say('WARNING', end);
  return explain(failure, revision, systems);
}

function platformEnv({ name, service }: Revision): Readonly<Record<string, string>> {
  return { K_SERVICE: service, K_REVISION: name, K_CONFIGURATION: service };
}

function workloadOf({ command, args = [] }: ContainerSpec, { content }: Image, env: Workload['env']): Workload {
  return {
    command: command ? [...command, ...args] : content.command,
    cwd: join(content.root, content.workdir),
    env: { ...content.env, ...env },
  };
}
