/** Imports go one way: docs/architecture.md draws it, this table holds it. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importCycles } from '../support/import-cycles.ts';

/** A part of src/ and the parts that it may import; the leaves import nothing of ours. */
const LEAVES = ['problem', 'report', 'secret', 'foreign-text', 'shown-url', 'web-page', 'folder', 'file-errors'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  problem: [],
  report: [],
  secret: [],
  'foreign-text': [],
  'web-page': [],
  'shown-url': [],
  folder: [],
  'file-errors': [],
  ownership: ['plan', 'problem'],
  home: ['file-errors', 'ownership', 'problem'],
  connection: ['secret'],
  plan: [...LEAVES, 'connection'],
  'shell-variables': ['plan', 'problem'],
  systems: [...LEAVES, 'connection', 'ownership', 'plan'],
  smoke: [...LEAVES, 'connection', 'plan'],
  image: [...LEAVES, 'plan'],
  databases: [...LEAVES, 'connection', 'home', 'plan'],
  targets: [...LEAVES, 'connection', 'home', 'plan', 'smoke'],
  insight: [...LEAVES, 'connection', 'databases', 'home', 'plan'],
  'live-databases': [...LEAVES, 'connection', 'databases', 'home', 'insight', 'plan'],
  deployment: [...LEAVES, 'connection', 'databases', 'targets', 'image', 'home', 'plan'],
  tour: [...LEAVES, 'deployment', 'databases', 'targets', 'image', 'smoke', 'connection', 'plan'],
  cli: [
    ...LEAVES,
    ...['tour', 'deployment', 'smoke', 'databases', 'targets', 'image', 'insight', 'shell-variables'],
    'live-databases',
    ...['systems', 'connection', 'home', 'plan'],
  ],
};

/** The parts of service/src: each may import those before it. */
const SERVICE = ['text', 'log', 'listen-address', 'settings', 'model', 'store', 'http', 'routes', 'app', 'server'];

/** Only these files may import these libraries. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  ora: /^src\/cli\/reporter\.ts$/,
  commander: /^src\/cli\/(equip|main|program|table|usage)\.ts$/,
  'string-width': /^src\/cli\/table\.ts$/,
  dockerode: /^src\/systems\/docker[\w-]*\.ts$/,
  undici: /^src\/systems\/http\.ts$/,
  '@michaelhomer/jqjs': /^src\/systems\/calls\.ts$/,
  execa: /^src\/systems\/(calls|command|ports)\.ts$/,
  ioredis: /^(src\/systems\/redis|service\/src\/store\/redis-(client|connection|link))\.ts$/,
  fastify: /^service\/src\//,
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync('{src,service}/**/*.ts', { cwd: root });
const imports = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => ({
    file,
    name,
    target: name.startsWith('.') ? normalize(join(dirname(file), name)) : undefined,
  })),
);
const partOf = (file: string): string => file.split('/')[1]?.replace('.ts', '') ?? '';

it('finds the imports', () => {
  expect(imports.length).toBeGreaterThan(100);
});

it('imports go one way', () => {
  const wrong = imports.filter(({ file, target }) => {
    if (target === undefined) return false;
    if (!file.startsWith('src/')) return !target.startsWith('service/');
    if (!target.startsWith('src/')) return true;
    return partOf(file) !== partOf(target) && !MAY_IMPORT[partOf(file)]?.includes(partOf(target));
  });
  expect(wrong).toEqual([]);
});

it('imports of the service go one way, without cycles', () => {
  const rank = (file: string): number => SERVICE.indexOf(file.split('/')[2]?.replace('.ts', '') ?? '');
  const service = imports.filter(({ file }) => file.startsWith('service/'));
  expect(service.filter(({ file }) => rank(file) === -1)).toEqual([]);
  expect(service.filter(({ file, target }) => target !== undefined && rank(target) > rank(file))).toEqual([]);
  expect(importCycles(service)).toEqual([]);
});

it('each library has its owner', () => {
  const wrong = imports.filter(({ file, name }) => OWNERS[name]?.test(file) === false);
  expect(wrong).toEqual([]);
});
