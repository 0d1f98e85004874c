/** Imports go one way: docs/architecture.md draws it, this table holds it. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importCycles } from '../support/import-cycles.ts';

/** The rooms of src/, and which others each may import; the leaves import nothing of ours. */
const LEAVES = ['problem', 'report', 'secret', 'text', 'folder', 'file-errors'];
const PLANS = [...LEAVES, 'connection', 'home', 'plan', 'script', 'ownership'];
const STAGES = [...PLANS, 'places', 'image', 'smoke', 'running-service', 'command', 'stage'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(LEAVES.map((leaf) => [leaf, []])),
  connection: ['secret'],
  plan: [...LEAVES, 'connection'],
  script: [...LEAVES, 'connection', 'plan'],
  ownership: ['problem', 'script'],
  home: ['file-errors', 'ownership', 'problem'],
  places: ['home'],
  systems: PLANS,
  smoke: PLANS,
  image: PLANS,
  'running-service': PLANS,
  command: [...PLANS, 'places', 'systems'],
  stage: [...PLANS, 'places', 'smoke', 'command'],
  // No database and no target imports another one: the last test of this file.
  databases: STAGES,
  targets: STAGES,
  insight: STAGES,
  tour: [...PLANS, 'places', 'smoke', 'stage'],
  commands: [...STAGES, 'tour'],
  stages: ['stage', 'databases', 'targets', 'insight'],
  cli: [...PLANS, 'systems', 'command', 'commands', 'stage', 'stages'],
};

/** The parts of service/src: each may import those before it. */
const SERVICE = ['text', 'log', 'settings', 'model', 'store', 'http', 'routes', 'app', 'server'];

/** The folders of Cloud Run, the same way; the files beside them may import all of them. */
const CLOUD_RUN = ['place', 'failures', 'google', 'service', 'build', 'preflight', 'release', 'commands'];

/** Only these files may import these libraries. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  ora: /^src\/cli\/reporter\.ts$/,
  commander: /^src\/cli\/(equip|main|program|table|usage)\.ts$/,
  'string-width': /^src\/cli\/table\.ts$/,
  dockerode: /^src\/systems\/docker\//,
  undici: /^src\/systems\/net\/http\.ts$/,
  '@michaelhomer/jqjs': /^src\/systems\/calls\/select\.ts$/,
  execa: /^src\/systems\/(calls\/calls|processes\/(command|ports))\.ts$/,
  ioredis: /^(src\/systems\/redis\/redis|service\/src\/store\/redis-(client|connection|link|traffic))\.ts$/,
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

it('imports make no cycle', () => {
  expect(importCycles(imports.filter(({ file }) => file.startsWith('src/')))).toEqual([]);
});

it('no database, target or tool imports another', () => {
  const folderOf = (file: string): string | undefined =>
    /^src\/(?:(?:databases|targets)\/[\w-]+(?=\/)|insight)/.exec(file)?.[0];
  const wrong = imports.filter(({ file, target = '' }) => {
    const [from, to] = [folderOf(file), folderOf(target)];
    return from !== undefined && to !== undefined && from !== to;
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

it('imports of Cloud Run go one way', () => {
  const room = 'src/targets/cloudrun/';
  const rank = (file: string): number => {
    const [folder = '', ...rest] = file.slice(room.length).split('/');
    return rest.length === 0 ? CLOUD_RUN.length : CLOUD_RUN.indexOf(folder);
  };
  const inside = imports.filter(({ file }) => file.startsWith(room));
  expect(inside.filter(({ file }) => rank(file) === -1)).toEqual([]);
  const wrong = inside.filter(({ file, target }) => target?.startsWith(room) === true && rank(target) > rank(file));
  expect(wrong).toEqual([]);
});

it('each library has its owner', () => {
  const wrong = imports.filter(({ file, name }) => OWNERS[name]?.test(file) === false);
  expect(wrong).toEqual([]);
});
