/** Leaves out of a bundle what a library loads and we do not use: a start takes as long as what it loads (docs/adr/0012). */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const absentModule = fileURLToPath(new URL('absent-module.cjs', import.meta.url));

/** The parts that a library is built without, as its own files name them. */
export type LeftOut = Readonly<Record<string, readonly string[]>>;

export function leaveOut(parts: LeftOut): Plugin {
  return {
    name: 'leaves out what is not used',
    setup: (build) => {
      build.onResolve({ filter: /./ }, ({ path, importer }) =>
        parts[libraryOf(importer)]?.includes(path) === true ? { path: absentModule } : undefined,
      );
    },
  };
}

/** `undici`, or `@fastify/error`; empty for a file of ours. */
function libraryOf(file: string): string {
  const inside = file.replaceAll('\\', '/').split('/node_modules/').at(-1);
  return /^(?:@[^/]+\/)?[^/]+/.exec(inside ?? '')?.[0] ?? '';
}

/** In place of undici's index.js, which also loads fetch, WebSocket, caches and mocks: ten times as much as we use. */
export const undiciForRequests: Plugin = {
  name: "undici's dispatchers only",
  setup: (build) => {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: fileURLToPath(new URL('undici.cjs', import.meta.url)) }));
  },
};

/** Of debug, with which ioredis and docker-modem would write what they send to stderr, passwords included, for DEBUG=*. */
export const noDebug: Plugin = {
  name: 'nothing is written for DEBUG',
  setup: (build) => {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: fileURLToPath(new URL('no-debug.cjs', import.meta.url)) }));
  },
};

/** docker-modem brings the streams of Node 10 along. */
export const streamsOfNode: Plugin = {
  name: "Node's own streams for docker-modem",
  setup: (build) => {
    build.onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
  },
};
