/**
 * Finds the Docker engine as the docker client (28) does: DOCKER_HOST, else DOCKER_CONTEXT, else the current context of
 * ~/.docker/config.json, else the default socket. An empty variable counts as not set.
 * https://docs.docker.com/engine/manage-resources/contexts/; docker/cli: cli/command/cli.go (resolveContextName),
 * opts/hosts.go (ParseHost), cli/context/store (the hashed folders).
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../problem.ts';
import { withoutUserinfo } from '../../text/shown-url.ts';
import { parseAddress, type Address, type Tls } from './address.ts';

export interface Endpoint {
  /** For display: `unix:///var/run/docker.sock` and the like, without a user or password. */
  readonly url: string;
  readonly source: string;
  readonly variable?: string;
  readonly address: Address;
}

const DEFAULT_URL = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
const DEFAULT_TLS_URL = 'tcp://localhost:2376';

export async function findEndpoint(variables: NodeJS.ProcessEnv): Promise<Endpoint> {
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const folder = env['DOCKER_CONFIG'] ?? join(homeFolder(), '.docker');
  const host = env['DOCKER_HOST'];
  const variable = env['DOCKER_CONTEXT'];
  const { context, source = 'the default' } = variable === undefined ? currentContext(folder) : { context: variable };
  if (host === undefined && context !== undefined && context !== 'default')
    return contextEndpoint(folder, context, variable === undefined ? undefined : 'DOCKER_CONTEXT');
  const tls = tlsOf(env, folder);
  const fallback = tls ? DEFAULT_TLS_URL : DEFAULT_URL;
  if (host === undefined) return endpoint(fallback, source, tls);
  return { ...endpoint(host.trim() === '' ? fallback : host.trim(), 'DOCKER_HOST', tls), variable: 'DOCKER_HOST' };
}

/** An account without a home folder has no configuration of Docker. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}

/** Like the docker client, ignores a broken config.json. The error message names the endpoint's source. */
function currentContext(folder: string): { readonly context?: string | undefined; readonly source?: string } {
  const file = join(folder, 'config.json');
  try {
    const { currentContext } = v.parse(clientConfig, readOptional(file)?.toString() ?? '{}');
    return currentContext ? { context: currentContext } : {};
  } catch {
    return { source: `the default, because ${file} cannot be read` };
  }
}

/** docker/cli: cli/config/configfile/file.go and cli/context/store/metadatastore.go; Go writes absent values as null too. */
const clientConfig = v.pipe(v.string(), v.parseJson(), v.object({ currentContext: v.nullish(v.string()) }));
const dockerEndpoint = v.object({ Host: v.nullish(v.string()), SkipTLSVerify: v.nullish(v.boolean()) });
const contextMeta = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Endpoints: v.nullish(v.object({ docker: v.nullish(dockerEndpoint) })) }),
);

type ContextMeta = v.InferOutput<typeof contextMeta>;

async function contextEndpoint(folder: string, name: string, variable?: string): Promise<Endpoint> {
  const { createHash } = await import('node:crypto');
  const id = createHash('sha256').update(name).digest('hex');
  const source = `the Docker context "${name}"${variable === undefined ? '' : ` of ${variable}`}`;
  const meta = readMeta(join(folder, 'contexts/meta', id, 'meta.json'), name);
  const { Host, SkipTLSVerify } = meta.Endpoints?.docker ?? {};
  const unverified = SkipTLSVerify === true;
  const tls = readTls(join(folder, 'contexts/tls', id, 'docker'), !unverified);
  const given = tls.ca ?? tls.cert ?? tls.key;
  const found = endpoint(Host ?? DEFAULT_URL, source, given || unverified ? tls : undefined);
  return variable === undefined ? found : { ...found, variable };
}

function readMeta(file: string, name: string): ContextMeta {
  const text = readOptional(file)?.toString();
  if (text === undefined) {
    throw new Problem('docker_missing', {
      message: `The Docker context "${name}" does not exist.`,
      hint: 'List them with: docker context ls',
    });
  }
  const meta = v.safeParse(contextMeta, text);
  if (meta.success) return meta.output;
  throw new Problem('bad_setting', {
    message: `The Docker context "${name}" is not valid: ${file}: ${meta.issues[0].message}`,
    hint: `Create it again: docker context rm ${name} && docker context create ${name} …`,
  });
}

/** cli/flags/options.go: DOCKER_TLS_VERIFY checks the engine's certificate, DOCKER_TLS does not. */
function tlsOf(env: NodeJS.ProcessEnv, folder: string): Tls | undefined {
  const verify = env['DOCKER_TLS_VERIFY'] !== undefined;
  if (!verify && env['DOCKER_TLS'] === undefined) return undefined;
  const place = env['DOCKER_CERT_PATH'] ?? folder;
  const tls = readTls(place, verify);
  if (tls.ca) return tls;
  throw new Problem('bad_setting', {
    message: `Docker is to be reached over TLS, but ${join(place, 'ca.pem')} does not exist.`,
    hint: 'Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem, or unset DOCKER_TLS_VERIFY.',
  });
}

function readTls(folder: string, rejectUnauthorized: boolean): Tls {
  const read = (name: string): Buffer | undefined => readOptional(join(folder, name));
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { rejectUnauthorized, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function endpoint(url: string, source: string, tls?: Tls): Endpoint {
  const address = parseAddress(url, tls);
  // Without a scheme it is tcp, and may have a user and a password too.
  const shown = withoutUserinfo(url.includes('://') ? url : `tcp://${url}`);
  if (typeof address !== 'string') return { url: shown, source, address };
  throw new Problem('bad_setting', {
    message: `${source} names no Docker engine: ${shown} (${address})`,
    hint: 'It must begin with unix://, tcp:// or ssh://.',
  });
}

/** undefined if the file does not exist. Throws a Problem for any other failure, and for a pipe, which would block. */
function readOptional(file: string): Buffer | undefined {
  try {
    if (!statSync(file).isFile()) throw new Error(`${file} is not a regular file`);
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Problem(code === 'EACCES' ? 'not_permitted' : 'bad_file', {
      message: `Docker's settings cannot be read: ${message}`,
      hint: 'Fix its permissions, or set DOCKER_HOST.',
    });
  }
}
