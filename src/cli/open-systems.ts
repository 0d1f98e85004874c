import type { Systems } from '../plan/systems.ts';

/**
 * Every system, each opened at its first use: a command that needs no Docker does not load its client, and is not told
 * that there is none.
 */
export function openSystems(env: NodeJS.ProcessEnv): Systems {
  const http = lazy(async () => (await import('../systems/http.ts')).httpSystem());
  const redis = lazy(async () => (await import('../systems/redis.ts')).redisSystem());
  const docker = lazy(async () => (await import('../systems/docker.ts')).dockerSystem(env));
  const ports = lazy(async () => (await import('../systems/ports.ts')).portSystem());
  const processes = lazy(() => import('../systems/process.ts'));
  const secrets = lazy(() => import('../systems/secrets.ts'));
  const files = lazy(() => import('../systems/private-files.ts'));
  const command = lazy(async () => (await import('../systems/command.ts')).commandSystem());
  const send: Systems['http'] = { send: async (request, signal) => (await http()).send(request, signal) };
  const perform = lazy(async () => {
    const { performer } = await import('../systems/performer.ts');
    return performer({ docker, http: send, env });
  });
  return {
    http: send,
    redis: { call: async (connection, words) => (await redis()).call(connection, words) },
    command: { startNode: async (program) => (await command()).startNode(program) },
    ports: {
      free: async (port) => (await ports()).free(port),
      find: async () => (await ports()).find(),
      owner: async (port) => (await ports()).owner(port),
    },
    processes: {
      lastWords: async (action) => (await processes()).processes.lastWords(action),
      recorded: async (file) => (await processes()).processes.recorded(file),
    },
    files: {
      readSecret: async (secret) => (await secrets()).readSecret(secret),
      writePrivate: async (file, content) => (await files()).writePrivate(file, content),
    },
    perform: {
      exists: async (action) => (await perform()).exists(action),
      present: async (action) => (await perform()).present(action),
      create: async (action, creating) => (await perform()).create(action, creating),
      remove: async (action) => (await perform()).remove(action),
    },
    containers: {
      state: async (name) => (await docker()).containers.state(name),
      log: async (name, lines) => (await docker()).containers.log(name, lines),
      list: async () => (await docker()).containers.list(),
      publishing: async (port) => (await docker()).containers.publishing(port),
    },
  };
}

function lazy<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
