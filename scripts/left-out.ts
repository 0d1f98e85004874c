/** Keeps the parts of libraries that redisdemo does not use out of a bundle: start-up is mostly loading (docs/adr/0012). */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const absentModule = fileURLToPath(new URL('absent-module.cjs', import.meta.url));

/** For each library, the modules it imports that are left out, spelled as its own files spell them. */
export type LeftOut = Readonly<Record<string, readonly string[]>>;

export function leaveOut(parts: LeftOut): Plugin {
  return {
    name: 'leave out unused modules',
    setup: (build) => {
      build.onResolve({ filter: /./ }, ({ path, importer }) =>
        parts[libraryOf(importer)]?.includes(path) === true ? { path: absentModule } : undefined,
      );
    },
  };
}

/** For example `undici` or `@fastify/error`. */
function libraryOf(file: string): string {
  const inside = file.replaceAll('\\', '/').split('/node_modules/').at(-1);
  return /^(?:@[^/]+\/)?[^/]+/.exec(inside ?? '')?.[0] ?? '';
}

/** Replaces undici's index.js, which also loads fetch, WebSocket, caches and mocks. */
export const undiciForRequests: Plugin = {
  name: 'undici without fetch',
  setup: (build) => {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: fileURLToPath(new URL('undici.cjs', import.meta.url)) }));
  },
};

/** Replaces the debug library. With DEBUG=*, ioredis and docker-modem would print what they send, passwords included. */
export const noDebug: Plugin = {
  name: 'no debug output',
  setup: (build) => {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: fileURLToPath(new URL('no-debug.cjs', import.meta.url)) }));
  },
};

/** docker-modem depends on a copy of the streams of an older Node. */
export const streamsOfNode: Plugin = {
  name: 'streams of Node',
  setup: (build) => {
    build.onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
  },
};
