/**
 * Google Cloud on loopback, for the real gcloud and for programs that use HTTPS through a proxy.
 *
 * Production URLs and no endpoint overrides: gcloud's own proxy settings and a certificate authority of our own lead it
 * here. Source: the facts of issue 5, 1 (observed with gcloud 528); each file beside this one names its own. What comes
 * and is not played is refused and kept in `unplayed` and `strangers`: a test may ask that they are empty.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProxyAgent, request, type Dispatcher } from 'undici';
import { createApi, type SeenRequest } from './api.ts';
import { createArtifactRegistry, type ArtifactRegistry } from './artifact-registry.ts';
import { certifyHosts } from '../../support/certificates.ts';
import { createCloudBuild, type CloudBuild } from './cloud-build.ts';
import { createCloudRun, type CloudRun } from './cloud-run.ts';
import { createFrontEnd } from './front-end.ts';
import { createIam } from './iam.ts';
import { push } from './image-push.ts';
import { createLogging, type Logging } from './logging.ts';
import { accountOf, refreshTokens, writeConfiguration, type Login } from './logins.ts';
import { createPending, type Pending } from './pending.ts';
import { createPolicies, type Policies } from './policy.ts';
import { createProject, type Project, type ProjectOptions } from './project.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { resourceManagerRoutes } from './resource-manager.ts';
import { createScript, type Script } from './script.ts';
import { createSecretManager, type SecretManager } from './secret-manager.ts';
import { serviceUsageRoutes } from './service-usage.ts';
import { createStorage, type Storage } from './storage.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { hostPatterns, isPlayed } from './urls.ts';
import { startWatchdog } from './watchdog.ts';

export interface GoogleOptions extends ProjectOptions {
  /** Names that containers resolve to another address: `{ 'redis.example.com': '127.0.0.1' }`. */
  readonly hosts?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

export interface Google {
  /** What a test may change. */
  readonly project: Project;
  /** For a child process, beside PATH: gcloud with a login, and HTTPS through the proxy. A new folder each time. */
  readonly environment: (login?: Login) => Promise<Readonly<Record<string, string>>>;
  /** As any client would, over the proxy. */
  readonly fetch: (url: string, options?: Partial<RequestOptions>) => Promise<Answer>;
  /** Requests to APIs that were answered, in order. */
  readonly requests: readonly SeenRequest[];
  /** Requests to APIs that are not played here. */
  readonly unplayed: readonly string[];
  /** What was asked of hosts that are not played here. */
  readonly strangers: readonly string[];
  /** Bugs of the stand-in. */
  readonly crashes: readonly string[];
  readonly inject: Script['inject'];
  readonly hold: Pending['hold'];
  readonly services: CloudRun['services'];
  readonly tokens: Tokens;
  readonly secrets: SecretManager['secrets'];
  readonly policies: Policies;
  /** Source archives are objects of the bucket `run-sources-PROJECT-REGION`; source-archive.ts reads them. */
  readonly storage: Storage;
  readonly registry: ArtifactRegistry;
  readonly builds: CloudBuild['builds'];
  readonly logging: Logging;
  /** Puts an image where `--image` finds it, built from a folder with a Dockerfile. */
  readonly pushImage: (name: string, folder: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface RequestOptions {
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function startGoogle({ hosts = {}, ...options }: GoogleOptions = {}): Promise<Google> {
  const dir = await mkdtemp(join(tmpdir(), 'redisdemo-google-'));
  const watchdog = startWatchdog(dir);
  const project = createProject(options);
  const { caFile, ...certificate } = certifyHosts(dir, hostPatterns(project.regions));
  const [pending, script, policies] = [createPending(), createScript(), createPolicies(project)];
  const [logging, storage, registry] = [
    createLogging(project),
    createStorage(project),
    createArtifactRegistry(project),
  ];
  const tokens = createTokens(refreshTokens(project.id));
  const secrets = createSecretManager(project, policies);
  const iam = createIam(project, policies, tokens);
  const build = createCloudBuild({ project, storage, registry, logging, pending, dir });
  const systems = { project, registry, secrets, logging, watchdog, hosts, pending, iam, policies };
  const run = createCloudRun(systems);
  const others = [tokens, iam, secrets, storage, registry, build, logging, run].flatMap(({ routes }) => routes);
  const routes = [...others, ...serviceUsageRoutes(project), ...resourceManagerRoutes(project, policies)];
  const api = createApi({ project, tokens, script, routes });
  const crashes: string[] = [];
  const proxy = await startProxy({
    certificate,
    plays: isPlayed,
    answer: split({ api: api.handle, frontEnd: createFrontEnd(run, systems, tokens), crashes }),
  });
  const agent = new ProxyAgent({ uri: uriOf(proxy), requestTls: { ca: await readFile(caFile) } });
  return {
    project,
    environment: async (login = 'user') => ({
      ...(await gcloudEnvironment(login, { dir, proxyPort: proxy.port, caFile, projectId: project.id }, tokens)),
      HTTPS_PROXY: uriOf(proxy),
      NODE_EXTRA_CA_CERTS: caFile,
      CURL_CA_BUNDLE: caFile,
    }),
    fetch: async (url, settings = {}) => {
      // A copy of the headers: undici's ProxyAgent writes the host of this request into them.
      const headers = { ...settings.headers };
      const response = await request(url, { dispatcher: agent, ...settings, headers });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    },
    requests: api.requests,
    unplayed: api.unplayed,
    strangers: proxy.strangers,
    crashes,
    inject: script.inject,
    hold: pending.hold,
    services: run.services,
    tokens,
    secrets: secrets.secrets,
    policies,
    storage,
    registry,
    builds: build.builds,
    logging,
    pushImage: async (reference, folder) => {
      await push(reference, folder, { dir, registry, architecture: project.architecture });
    },
    stop: async () => {
      script.releaseAll();
      pending.releaseAll();
      await run.stop();
      await agent.close();
      await proxy.stop();
      watchdog.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Handlers {
  readonly api: Handler;
  readonly frontEnd: Handler;
  readonly crashes: string[];
}

function split({ api, frontEnd, crashes }: Handlers): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const handle = (request.headers.host ?? '').endsWith('.run.app') ? frontEnd : api;
    handle(request, response).catch((error: unknown) => {
      const { stack = '' } = error as Error;
      crashes.push(`${request.method ?? ''} ${request.url ?? ''}: ${stack}`);
      response.destroy();
    });
  };
}

function uriOf({ port }: Proxy): string {
  return `http://127.0.0.1:${String(port)}`;
}

async function gcloudEnvironment(
  login: Login,
  place: Parameters<typeof writeConfiguration>[1],
  tokens: Tokens,
): Promise<Record<string, string>> {
  const folder = await writeConfiguration(login, place);
  const env = { CLOUDSDK_CONFIG: folder, HOME: folder };
  if (login !== 'token') return env;
  return { ...env, CLOUDSDK_AUTH_ACCESS_TOKEN: tokens.issueAccess(accountOf('user', place.projectId)) };
}
