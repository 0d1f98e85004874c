/** The licences of what redisdemo is built from are passed on with it: in the tarball of the CLI and in the image. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundleProgram } from '../../scripts/program-bundle.ts';
import { SERVICE_BUILD } from '../../scripts/service-bundle.ts';

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

/** What the file has a section for. */
async function namedIn(file: string): Promise<readonly string[]> {
  const [, ...sections] = (await readFile(join(ROOT, file), 'utf8')).split(`\n\n${'='.repeat(80)}\n\n`);
  return sections.map((section) => section.slice(0, section.indexOf(' ('))).sort();
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

  it('is in the tarball', () => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
    const [{ files }] = JSON.parse(listed.toString()) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['dist/cli/THIRD-PARTY.txt', 'dist/service/THIRD-PARTY.txt']));
  });
});
