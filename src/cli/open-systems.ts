import { basename } from 'node:path';
import type { Environment } from '../command/environment.ts';
import { findHome, type Home } from '../home.ts';
import type { Systems } from '../plan/systems.ts';
import { readGiven } from '../systems/files/given-file.ts';
import { describeSecret, lookUpSecretsIn, readSecret } from '../systems/files/secrets.ts';

/** Each is opened at its first use: a command that needs no Docker neither loads its client nor fails without it. */
export function openSystems({ variables: env, dotenv }: Environment, signal: AbortSignal): Systems {
  const home = findHome(env);
  lookUpSecretsIn({ variables: env, dotenv, signal, isStored: (file) => isSecretIn(home, file) });
  const http = onFirstUse(async () => (await import('../systems/net/http.ts')).httpSystem());
  const calls = onFirstUse(async () => (await import('../systems/calls/calls.ts')).callSystem(http));
  const docker = once(async () => {
    const endpoint = await (await import('../systems/docker/machine.ts')).findSocket(env);
    return (await import('../systems/docker/docker.ts')).dockerSystem(endpoint, home, signal);
  });
  const containers = onFirstUse<Systems['containers']>(async () => ({
    ...(await docker()).containers,
    reach: () => Promise.resolve(),
  }));
  return {
    http,
    calls,
    containers,
    redis: onFirstUse(async () => (await import('../systems/redis/redis.ts')).redisSystem()),
    dns: onFirstUse(async () => (await import('../systems/net/dns.ts')).dnsSystem()),
    ports: onFirstUse(async () => (await import('../systems/processes/ports.ts')).portSystem()),
    command: onFirstUse(async () => (await import('../systems/processes/command.ts')).commandSystem()),
    processes: onFirstUse(async () => (await import('../systems/processes/process.ts')).processes),
    locks: { take: async (file) => (await import('../systems/files/locks.ts')).takeLock(file) },
    certificates: openCertificates(),
    files: openFiles(signal),
    perform: onFirstUse(async () => {
      const { performer } = await import('../systems/performer.ts');
      return performer({ docker, containers, http, calls, env, signal });
    }),
  };
}

function openCertificates(): Systems['certificates'] {
  const certificates = () => import('../systems/net/certificates.ts');
  return {
    fetch: async (url) => (await certificates()).fetchCertificate(url),
    pin: async (file, pem) => (await certificates()).pin(file, pem),
    pinned: async (file) => {
      const pem = await (await import('../systems/files/private-files.ts')).readPrivate(file);
      return pem === undefined ? undefined : (await certificates()).readFingerprint(pem);
    },
  };
}

function openFiles(signal: AbortSignal): Systems['files'] {
  const files = () => import('../systems/files/private-files.ts');
  const named = () => import('../systems/files/named-files.ts');
  return {
    exists: async (file) => (await files()).readPrivate(file).then((content) => content !== undefined),
    readPrivate: async (file) => (await files()).readPrivate(file),
    list: async (folder) => (await files()).listPrivate(folder),
    readSecret,
    describeSecret,
    readGiven: (file) => readGiven(file, signal),
    writePrivate: async (file, content) => (await files()).writePrivate(file, content),
    writeNamed: async (file, content, options) => (await named()).writeNamed(file, content, options),
    checkNamed: async (file) => (await named()).checkNamed(file),
  };
}

/** A command that stores nothing also works where no state folder can be found. */
function isSecretIn(home: Home, file: string): boolean {
  try {
    return file === home.secret(basename(file));
  } catch {
    return false;
  }
}

type Methods<T> = { readonly [Name in keyof T]: (...args: never) => Promise<unknown> };

function onFirstUse<T extends Methods<T>>(open: () => Promise<T>): T {
  const opened = once(open);
  return new Proxy({} as T, {
    get:
      (_, name) =>
      async (...args: readonly unknown[]) => {
        const system = await opened();
        return Reflect.apply(system[name as keyof T], system, args) as unknown;
      },
  });
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
