/**
 * Finds the Docker engine as the docker client does: DOCKER_HOST, else DOCKER_CONTEXT, else the current context of
 * ~/.docker/config.json, else the default socket.
 * https://docs.docker.com/engine/manage-resources/contexts/ and docker/cli, cli/context/store (the hashed folders).
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { Problem } from '../problem.ts';

export interface Endpoint {
  /** `unix:///var/run/docker.sock` and the like. */
  readonly url: string;
  /** Where it was found, in words. */
  readonly source: string;
  readonly options: Docker.DockerOptions;
}

interface Certificates {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const DEFAULT_URL = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';

export function findEndpoint(env: NodeJS.ProcessEnv): Endpoint {
  const folder = env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  if (env['DOCKER_HOST']) {
    const certificates = env['DOCKER_TLS_VERIFY'] ? readCertificates(env['DOCKER_CERT_PATH'] ?? folder) : undefined;
    return endpoint(env['DOCKER_HOST'], 'DOCKER_HOST', certificates);
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(folder);
  if (!context || context === 'default') return endpoint(DEFAULT_URL, 'the default');
  return contextEndpoint(folder, context);
}

function currentContext(folder: string): string | undefined {
  return (readJson(join(folder, 'config.json')) as { currentContext?: string } | undefined)?.currentContext;
}

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string } };
}

function contextEndpoint(folder: string, name: string): Endpoint {
  const id = createHash('sha256').update(name).digest('hex');
  const host = (readJson(join(folder, 'contexts/meta', id, 'meta.json')) as ContextMeta | undefined)?.Endpoints?.docker
    ?.Host;
  if (host === undefined) {
    throw new Problem('docker_missing', {
      message: `The Docker context "${name}" does not exist.`,
      hint: 'List them with: docker context ls',
    });
  }
  const certificates = readCertificates(join(folder, 'contexts/tls', id, 'docker'));
  return endpoint(host, `the Docker context "${name}"`, certificates.ca ? certificates : undefined);
}

/** How each kind of address is connected to. */
const OPTIONS: Readonly<Record<string, (url: URL, certificates?: Certificates) => Docker.DockerOptions>> = {
  'unix:': ({ pathname }) => ({ socketPath: decodeURIComponent(pathname) }),
  'npipe:': ({ pathname }) => ({ socketPath: pathname.replaceAll('/', '\\') }),
  'tcp:': tcpOptions,
  'http:': tcpOptions,
  'https:': tcpOptions,
  'ssh:': (url) => ({ host: 'docker', protocol: 'http', agent: sshAgent(url) }),
};

function endpoint(url: string, source: string, certificates?: Certificates): Endpoint {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const options = parsed && OPTIONS[parsed.protocol]?.(parsed, certificates);
  if (!options) {
    throw new Problem('bad_setting', {
      message: `${source} names no Docker engine: ${url}`,
      hint: 'It must begin with unix://, tcp:// or ssh://.',
    });
  }
  return { url, source, options: { ...options, version: 'v1.41' } };
}

function tcpOptions({ hostname, port, protocol }: URL, certificates?: Certificates): Docker.DockerOptions {
  const secure = certificates !== undefined || protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port || (secure ? 2376 : 2375), protocol: secure ? 'https' : 'http', ...certificates };
}

/** Through the system's own ssh, so that keys, agents and ~/.ssh/config are the user's: as the docker client does. */
function sshAgent({ hostname, port, username }: URL): Agent {
  const target = [...(username ? ['-l', username] : []), ...(port ? ['-p', port] : []), '--', hostname];
  const agent = new Agent();
  return Object.assign(agent, {
    createConnection: () => {
      const ssh = spawn('ssh', [...target, 'docker', 'system', 'dial-stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
      const connection = Duplex.from({ readable: ssh.stdout, writable: ssh.stdin });
      ssh.on('error', (error) => connection.destroy(error));
      // What http asks of a socket and a pipe does not have.
      return Object.assign(connection, {
        setTimeout: () => connection,
        setNoDelay: () => connection,
        setKeepAlive: () => connection,
        ref: () => connection,
        unref: () => connection,
      });
    },
  });
}

function readCertificates(folder: string): Certificates {
  const read = (name: string): Buffer | undefined => readOptional(join(folder, name));
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function readJson(file: string): unknown {
  const text = readOptional(file);
  return text && JSON.parse(text.toString());
}

/** undefined when there is no such file: that is an answer, anything else an error. */
function readOptional(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
