/** Builds the CLI and the help texts that bin/start.js prints. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { next } from './bundle.ts';
import { helpTexts } from './help-texts.ts';
import { bundleProgram } from './program-bundle.ts';
import { THIRD_PARTY_FILE, thirdPartyNotices } from './third-party.ts';

export async function bundleCli(version: string): Promise<void> {
  const folder = new URL('cli/', next);
  const define = { REDISDEMO_VERSION: JSON.stringify(version) };
  const metafile = await bundleProgram('src/cli/main.ts', fileURLToPath(folder), define);
  await writeFile(new URL(THIRD_PARTY_FILE, folder), await thirdPartyNotices(metafile));
  await writeFile(new URL('help.json', folder), JSON.stringify(await helpTexts(version)));
}
