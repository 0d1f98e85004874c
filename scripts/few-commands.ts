import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** ioredis makes two functions of each command in its table. These it sends itself; ours go through call(). */
const SENT_BY_IOREDIS = ['auth', 'client', 'exec', 'hello', 'info', 'multi', 'quit', 'readonly', 'select'];

export const fewCommands: Plugin = {
  name: "only what ioredis sends of Redis's commands",
  setup: (build) => {
    build.onLoad({ filter: /[\\/]@ioredis[\\/]commands[\\/].*[\\/]commands\.json$/ }, async ({ path }) => {
      const all = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>>;
      const few = SENT_BY_IOREDIS.map((name) => [name, all[name]]);
      return { contents: JSON.stringify(Object.fromEntries(few)), loader: 'json' };
    });
  },
};
