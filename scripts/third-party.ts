/** The licences of everything in a bundle that redisdemo did not write: they have to be passed on with it. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { root } from './bundle.ts';

/** The name of the file, beside each bundle. */
export const THIRD_PARTY_FILE = 'THIRD-PARTY.txt';
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)/i;
const RULE = '='.repeat(80);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
}

/** The folders of the packages with code in a bundle, such as `node_modules/pino`; nested ones are packages too. */
export function bundledPackages({ outputs }: Metafile): readonly string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** @param more notices of what a bundle has besides packages. Fails for a package that names no licence at all. */
export async function thirdPartyNotices(metafile: Metafile, more: readonly string[] = []): Promise<string> {
  const notices = await Promise.all(bundledPackages(metafile).map(noticeOf));
  const introduction =
    'redisdemo contains the following software, each under the licence that is printed below its name.';
  return [introduction, ...notices, ...more].map((text) => text.trim()).join(`\n\n${RULE}\n\n`) + '\n';
}

async function noticeOf(folder: string): Promise<string> {
  const path = new URL(`${folder}/`, root);
  const manifest = JSON.parse(await readFile(new URL('package.json', path), 'utf8')) as Manifest;
  const { name, version, license } = manifest;
  const files = (await readdir(path)).filter((file) => LICENCE_FILE.test(file)).sort();
  if (license === undefined && files.length === 0) throw new Error(`${folder} names no licence: it cannot be bundled`);
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, path), 'utf8')));
  const own = texts.length > 0 ? texts : [`No licence file is in the package. ${holderOf(manifest)}`];
  return [`${name} ${version} (${license ?? 'see below'})`, ...own.map((text) => text.trim())].join('\n\n');
}

function holderOf({ author }: Manifest): string {
  const name = typeof author === 'string' ? author : author?.name;
  return name === undefined ? '' : `Its author is ${name}.`;
}

/**
 * Swagger UI's, which are not in @fastify/swagger-ui, where its files come from. Taken from the package swagger-ui-dist;
 * fails when the files are those of another version.
 */
export async function swaggerUiNotices(): Promise<string> {
  const manifest = await readFile(new URL('node_modules/@fastify/swagger-ui/package.json', root), 'utf8');
  const { devDependencies } = JSON.parse(manifest) as { readonly devDependencies: Readonly<Record<string, string>> };
  const file = new URL('scripts/swagger-ui-notices.txt', root);
  const text = await readFile(file, 'utf8');
  const wanted = `swagger-ui-dist ${devDependencies['swagger-ui-dist'] ?? 'of an unknown version'}`;
  if (text.startsWith(`${wanted}\n`)) return text;
  throw new Error(
    `${fileURLToPath(file)} is not of ${wanted}: renew it from LICENSE, NOTICE and *.LICENSE.txt of that package`,
  );
}
