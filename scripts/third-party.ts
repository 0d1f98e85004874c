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
}

/**
 * The licences of packages that name one and have no file with its text. The words are those of
 * https://opensource.org/license/mit and https://opensource.org/license/isc-license-txt. The holder is the author in
 * package.json, for abstract-logging also http://jsumners.mit-license.org/, to which its Readme.md leads.
 */
const KEPT_LICENCES: Readonly<Record<string, { readonly license: string; readonly file: string }>> = {
  'abstract-logging': { license: 'MIT', file: 'abstract-logging-licence.txt' },
  'split-ca': { license: 'ISC', file: 'split-ca-licence.txt' },
};

/** The folders of the packages with code in a bundle, such as `node_modules/pino`; nested ones are packages too. */
function bundledPackages({ outputs }: Metafile): readonly string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** @param more notices of what a bundle has besides packages. Fails for a package without a text of its licence. */
export async function thirdPartyNotices(metafile: Metafile, more: readonly string[] = []): Promise<string> {
  const notices = await Promise.all(bundledPackages(metafile).map(noticeOf));
  const introduction =
    'redisdemo contains the following software, each under the licence that is printed below its name.';
  return [introduction, ...notices, ...more].map((text) => text.trim()).join(`\n\n${RULE}\n\n`) + '\n';
}

async function noticeOf(folder: string): Promise<string> {
  const path = new URL(`${folder}/`, root);
  const { name, version, license } = JSON.parse(await readFile(new URL('package.json', path), 'utf8')) as Manifest;
  const files = (await readdir(path)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, path), 'utf8')));
  if (texts.length === 0) texts.push(await keptLicence(name, license));
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts.map((text) => text.trim())].join('\n\n');
}

/** @throws where a package without a licence file has none here, or by now names another licence */
async function keptLicence(name: string, license: string | undefined): Promise<string> {
  const kept = KEPT_LICENCES[name];
  if (kept !== undefined && kept.license === license) return readFile(new URL(kept.file, import.meta.url), 'utf8');
  throw new Error(
    `${name} has no licence file, and scripts/ has no text of its licence (${license ?? 'none is named'}): ` +
      'it cannot be bundled',
  );
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
