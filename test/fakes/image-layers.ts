/** What the stand-in images are made of: Node and redis-server of this machine, some shell programs, our scripts. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeLayer, type Layer } from './image-archive.ts';
import { findProgram, libraryEntries, programEntry } from './programs.ts';
import type { Entry } from './tar.ts';

export interface Layers {
  readonly node: readonly Layer[];
  readonly redis: readonly Layer[];
  readonly insight: readonly Layer[];
  readonly enterprise: readonly Layer[];
}

const SHELL_PROGRAMS = ['sh', 'cat', 'chmod', 'env', 'id', 'ls', 'mkdir', 'rm', 'sleep', 'touch'];
const REDIS_PROGRAMS = ['redis-server', 'redis-cli'];
const SCRIPTS = ['redis.ts', 'insight-process.ts', 'enterprise.ts'];
/** User and group `redislabs`. */
const REDISLABS_ID = 998;
const REDISLABS_DIRS = [
  'etc/opt/redislabs',
  ...['persist', 'tmp', 'flash', 'stand-in'].map((dir) => `var/opt/redislabs/${dir}`),
];
const ENTRYPOINT = 'usr/local/bin/docker-entrypoint.sh';
const STACK_ENTRYPOINT = '#!/bin/sh\nexec /stand-in/process-1.sh node /stand-in/redis.mjs\n';
const FILES = {
  passwd: [
    'root:x:0:0:root:/root:/bin/sh',
    'redislabs:x:998:998::/opt/redislabs:/bin/sh',
    'redis:x:999:999::/data:/bin/sh',
    'node:x:1000:1000::/home/node:/bin/sh\n',
  ].join('\n'),
  group: 'root:x:0:\nredislabs:x:998:\nredis:x:999:\nnode:x:1000:\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** Node's layers come first in each, so an engine stores them once. */
export async function makeLayers(): Promise<Layers> {
  const scripts = await standInScripts();
  const node = [await makeLayer(systemEntries()), await makeLayer(nodeEntries())];
  const redis = await makeLayer([...redisEntries(), ...scripts]);
  const insight = await makeLayer([{ path: 'data', owner: 1000 }, { path: 'usr/src/app', owner: 1000 }, ...scripts]);
  const enterprise = await makeLayer([
    ...['var/opt/redislabs', ...REDISLABS_DIRS].map((path) => ({ path, owner: REDISLABS_ID })),
    { path: 'opt/redislabs/bin/redis-cli', link: '/usr/local/bin/redis-cli' },
  ]);
  return { node, redis: [...node, redis], insight: [...node, insight], enterprise: [...node, redis, enterprise] };
}

function systemEntries(): Entry[] {
  const programs = find(SHELL_PROGRAMS);
  return [
    ...Object.entries(FILES).map(([name, content]) => ({ path: `etc/${name}`, content })),
    { path: 'root', mode: 0o700 },
    { path: 'home/node', owner: 1000 },
    { path: 'tmp', mode: 0o1777 },
    ...libraryEntries([...programs, process.execPath]),
    ...programs.map((file) => programEntry(file, `bin/${basename(file)}`)),
  ];
}

function nodeEntries(): Entry[] {
  return [programEntry(process.execPath, 'usr/local/bin/node'), script('docker-entrypoint-node.sh', ENTRYPOINT)];
}

function redisEntries(): Entry[] {
  const programs = find(REDIS_PROGRAMS);
  return [
    ...libraryEntries(programs),
    ...programs.map((file) => programEntry(file, `usr/local/bin/${basename(file)}`)),
    script('docker-entrypoint-redis.sh', ENTRYPOINT),
    { path: 'entrypoint.sh', content: STACK_ENTRYPOINT, mode: 0o755 },
    { path: 'data', owner: 999 },
  ];
}

function find(programs: readonly string[]): string[] {
  return programs.map((name) => {
    const file = findProgram(name);
    if (file === undefined) throw new Error(`the stand-in images need ${name} of this machine, and it is not on PATH`);
    return file;
  });
}

function script(name: string, path: string): Entry {
  return { path, content: readFileSync(new URL(`images/${name}`, import.meta.url)), mode: 0o755 };
}

/** Each with all that it imports. */
async function standInScripts(): Promise<Entry[]> {
  const { outputFiles } = await build({
    entryPoints: SCRIPTS.map((name) => fileURLToPath(new URL(`images/${name}`, import.meta.url))),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    outdir: '/stand-in',
    outExtension: { '.js': '.mjs' },
  });
  const bundles = outputFiles.map(({ path, contents }) => ({ path: path.slice(1), content: Buffer.from(contents) }));
  return [script('process-1.sh', 'stand-in/process-1.sh'), ...bundles];
}
