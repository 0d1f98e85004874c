/** Keeps the parts of libraries that redisdemo does not use out of a bundle: start-up is mostly loading (docs/adr/0012). */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const absentModule = fileURLToPath(new URL('absent-module.cjs', import.meta.url));

/** Maps each library to the imports to leave out, written exactly as in the library's source. */
export type LeftOut = Readonly<Record<string, readonly string[]>>;

/** redisdemo talks to one address: no cluster clients, no Sentinel. */
export const LEFT_OUT_OF_IOREDIS = ['./cluster', './connectors/SentinelConnector', './SentinelConnector'];

/** Fails the build if a bundled library does not import one of its parts: a new version may spell it differently. */
export function leaveOut(parts: LeftOut): Plugin {
  return {
    name: 'leave out unused modules',
    setup: (build) => {
      const imported = new Map<string, Set<string>>();
      build.onResolve({ filter: /./ }, ({ path, importer }) => {
        const library = libraryOf(importer);
        const paths = imported.get(library) ?? new Set();
        imported.set(library, paths.add(path));
        return parts[library]?.includes(path) === true ? { path: absentModule } : undefined;
      });
      build.onEnd(() => {
        const missing = Object.entries(parts).flatMap(([library, paths]) =>
          paths.filter((path) => imported.get(library)?.has(path) === false).map((path) => `${library}: ${path}`),
        );
        return { errors: missing.map((part) => ({ text: `To be left out, but not imported: ${part}` })) };
      });
    },
  };
}

/** Returns the package of a file, for example `undici` or `@fastify/error`. */
function libraryOf(file: string): string {
  const inside = file.replaceAll('\\', '/').split('/node_modules/').at(-1);
  return /^(?:@[^/]+\/)?[^/]+/.exec(inside ?? '')?.[0] ?? '';
}

/** Replaces undici's index.js, which also loads fetch, WebSocket, caches and mocks. */
export const undiciForRequests: Plugin = {
  name: 'undici without fetch',
  setup: (build) => {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: fileURLToPath(new URL('undici.mjs', import.meta.url)) }));
  },
};

/** Replaces the debug library. With DEBUG=*, ioredis would print every command it sends, passwords included. */
export const noDebug: Plugin = {
  name: 'no debug output',
  setup: (build) => {
    build.onResolve({ filter: /^debug$/ }, () => ({ path: fileURLToPath(new URL('no-debug.cjs', import.meta.url)) }));
  },
};

/** Replaces readable-stream, docker-modem's copy of an older Node's streams, with node:stream. */
export const streamsOfNode: Plugin = {
  name: 'streams of Node',
  setup: (build) => {
    build.onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
  },
};
