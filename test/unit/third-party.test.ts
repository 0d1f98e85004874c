/** The licences of what redisdemo is built from are passed on with it: in the tarball of the CLI and in the image. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleProgram } from '../../scripts/program-bundle.ts';
import { SERVICE_BUILD } from '../../scripts/service-bundle.ts';
import { thirdPartyNotices } from '../../scripts/third-party.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The packages whose code is in the bundle, with their versions. */
async function packagesIn({ outputs }: Metafile): Promise<readonly string[]> {
  const code = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const files = code.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  const folders = new Set<string>();
  for (const file of files.filter((path) => path.includes('node_modules/'))) {
    const parts = file.split('/');
    const start = parts.lastIndexOf('node_modules') + 1;
    folders.add(parts.slice(0, start + (parts[start]?.startsWith('@') === true ? 2 : 1)).join('/'));
  }
  const names = [...folders].map(async (folder) => {
    const manifest = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8')) as Record<string, string>;
    return `${manifest['name'] ?? ''} ${manifest['version'] ?? ''}`;
  });
  return (await Promise.all(names)).sort();
}

async function sectionsOf(file: string): Promise<readonly string[]> {
  return (await readFile(join(ROOT, file), 'utf8')).split(`\n\n${'='.repeat(80)}\n\n`).slice(1);
}

/** What the file has a section for. */
async function namedIn(file: string): Promise<readonly string[]> {
  return (await sectionsOf(file)).map((section) => section.slice(0, section.indexOf(' ('))).sort();
}

/** The only code in a bundle. */
function bundleOf(folder: string): Metafile {
  const inputs = { [`${folder}/index.js`]: { bytesInOutput: 1 } };
  return { inputs: {}, outputs: { bundle: { inputs, bytes: 1, imports: [], exports: [] } } };
}

async function cliMetafile(): Promise<Metafile> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
  const metafile = await bundleProgram('src/cli/main.ts', folder, { REDISDEMO_VERSION: '"0"' });
  await rm(folder, { recursive: true });
  return metafile;
}

describe('THIRD-PARTY.txt', () => {
  it('of the CLI names every package in its files, and no other', async () => {
    const expected = await packagesIn(await cliMetafile());
    expect(expected.length).toBeGreaterThan(20);
    expect(await namedIn('dist/cli/THIRD-PARTY.txt')).toEqual(expected);
  });

  it('of the service names every package in its file, and Swagger UI with its notice', async () => {
    const { metafile } = await build({ ...SERVICE_BUILD, write: false });
    const named = await namedIn('dist/service/THIRD-PARTY.txt');
    expect(named.filter((name) => !name.startsWith('swagger-ui-dist '))).toEqual(await packagesIn(metafile));
    const text = await readFile(join(ROOT, 'dist/service/THIRD-PARTY.txt'), 'utf8');
    expect(text).toContain('Copyright 2020-2021 SmartBear Software Inc.');
    expect(text).toContain('Apache License');
  });

  it.each(['cli', 'service'])('of the %s has the terms of the licence below every name', async (part) => {
    // Of MIT, ISC, BSD and Apache, each says this to whom a copy is given.
    const terms = /Permission (?:is hereby granted|to use, copy)|Redistribution and use|Apache License/i;
    const sections = await sectionsOf(`dist/${part}/THIRD-PARTY.txt`);
    expect(sections.filter((section) => !terms.test(section))).toEqual([]);
  });

  it('cannot be made with a package that has no text of its licence, nor when a licence kept here is another by now', async () => {
    await expect(thirdPartyNotices(bundleOf('node_modules/split-ca'))).resolves.toContain('Charles Bushong');
    await mkdir(join(ROOT, 'test-results'), { recursive: true });
    const folder = await mkdtemp(join(ROOT, 'test-results', 'package-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const manifest of [
      { name: 'unknown', license: 'MIT' },
      { name: 'split-ca', license: 'GPL-3.0' },
      { name: 'split-ca' },
    ]) {
      const inside = join(folder, 'node_modules', manifest.name);
      await mkdir(inside, { recursive: true });
      await writeFile(join(inside, 'package.json'), JSON.stringify({ version: '1.0.0', ...manifest }));
      await expect(thirdPartyNotices(bundleOf(relative(ROOT, inside)))).rejects.toThrow('has no licence file');
    }
  });

  it('is in the tarball', () => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
    const [{ files }] = JSON.parse(listed.toString()) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['dist/cli/THIRD-PARTY.txt', 'dist/service/THIRD-PARTY.txt']));
  });
});
