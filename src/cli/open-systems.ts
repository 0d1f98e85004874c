import { basename } from 'node:path';
import { findHome, type Home } from '../home.ts';
import type { Systems } from '../plan/systems.ts';
import { describeSecret, lookUpSecretsIn, readSecret } from '../systems/files/secrets.ts';
import { readGiven } from '../systems/files/given-file.ts';
import type { Environment } from '../command/environment.ts';

/**
 * Every system, each opened at its first use: a command that needs no Docker does not load its client, and is not told
 * that there is none.
 */
export function openSystems({ variables: env, dotenv }: Environment, signal: AbortSignal): Systems {
  const home = findHome(env);
  lookUpSecretsIn({ variables: env, dotenv, signal, isStored: (file) => isSecretIn(home, file) });
  const http = lazy(async () => (await import('../systems/net/http.ts')).httpSystem());
  const redis = lazy(async () => (await import('../systems/redis/redis.ts')).redisSystem());
  const docker = lazy(async () => {
    const endpoint = await (await import('../systems/docker/socket.ts')).findSocket(env);
    return (await import('../systems/docker/docker.ts')).dockerSystem(endpoint, home, signal);
  });
  const ports = lazy(async () => (await import('../systems/processes/ports.ts')).portSystem());
  const dns = lazy(async () => (await import('../systems/net/dns.ts')).dnsSystem());
  const processes = lazy(() => import('../systems/processes/process.ts'));
  const files = lazy(() => import('../systems/files/private-files.ts'));
  const locks = lazy(() => import('../systems/files/locks.ts'));
  const named = lazy(() => import('../systems/files/named-files.ts'));
  const certificates = lazy(() => import('../systems/net/certificates.ts'));
  const command = lazy(async () => (await import('../systems/processes/command.ts')).commandSystem());
  const send: Systems['http'] = { send: async (request, signal) => (await http()).send(request, signal) };
  const calls = lazy(async () => (await import('../systems/calls/calls.ts')).callSystem(send));
  const sent: Systems['calls'] = {
    send: async (call, until, listener) => (await calls()).send(call, until, listener),
    ask: async (question, until, listener) => (await calls()).ask(question, until, listener),
  };
  const containers: Systems['containers'] = {
    reach: async () => {
      await docker();
    },
    state: async (name) => (await docker()).containers.state(name),
    kill: async (name) => (await docker()).containers.kill(name),
    start: async (name) => (await docker()).containers.start(name),
    engine: async () => (await docker()).containers.engine(),
    readFile: async (name, path) => (await docker()).containers.readFile(name, path),
    address: async (place) => (await docker()).containers.address(place),
    anyCreatedFrom: async (home) => (await docker()).containers.anyCreatedFrom(home),
    log: async (name, lines) => (await docker()).containers.log(name, lines),
    list: async () => (await docker()).containers.list(),
    withAddress: async (network, address) => (await docker()).containers.withAddress(network, address),
    elsewhere: async () => (await docker()).containers.elsewhere(),
    publishing: async (port) => (await docker()).containers.publishing(port),
  };
  const perform = lazy(async () => {
    const { performer } = await import('../systems/performer.ts');
    return performer({ docker, containers, http: send, calls: sent, env, signal });
  });
  return {
    locks: { take: async (file) => (await locks()).takeLock(file) },
    http: send,
    calls: sent,
    redis: { call: async (connection, words) => (await redis()).call(connection, words) },
    command: { startNode: async (program) => (await command()).startNode(program) },
    dns: { lookup: async (host) => (await dns()).lookup(host) },
    ports: {
      free: async (port) => (await ports()).free(port),
      find: async () => (await ports()).find(),
      owner: async (port) => (await ports()).owner(port),
    },
    certificates: {
      fetch: async (url) => (await certificates()).fetchCertificate(url),
      pin: async (file, pem) => (await certificates()).pin(file, pem),
      pinned: async (file) => {
        const pem = await (await files()).readPrivate(file);
        return pem === undefined ? undefined : (await certificates()).readFingerprint(pem);
      },
    },
    processes: {
      log: async (action, lines) => (await processes()).processes.log(action, lines),
      lastWords: async (action) => (await processes()).processes.lastWords(action),
      recorded: async (file) => (await processes()).processes.recorded(file),
    },
    files: {
      exists: async (file) => (await files()).readPrivate(file).then((content) => content !== undefined),
      readPrivate: async (file) => (await files()).readPrivate(file),
      list: async (folder) => (await files()).listPrivate(folder),
      readSecret,
      describeSecret,
      readGiven: (file) => readGiven(file, signal),
      writePrivate: async (file, content) => (await files()).writePrivate(file, content),
      writeNamed: async (file, content, options) => (await named()).writeNamed(file, content, options),
      checkNamed: async (file) => (await named()).checkNamed(file),
    },
    perform: {
      exists: async (action) => (await perform()).exists(action),
      present: async (action) => (await perform()).present(action),
      create: async (action, creating) => (await perform()).create(action, creating),
      remove: async (action) => (await perform()).remove(action),
    },
    containers,
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

function lazy<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
