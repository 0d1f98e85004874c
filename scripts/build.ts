/** Builds dist/: the CLI, the service, and what an image of the service is made with. */
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { settle } from '../src/image.ts';
import { next, root } from './bundle.ts';
import { bundleCli } from './cli-bundle.ts';
import { bundleService } from './service-bundle.ts';

const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };

await rm(next, { recursive: true, force: true });
await Promise.all([bundleCli(version), bundleService()]);
await copyTemplates();
await settle(fileURLToPath(next));
await rm(new URL('dist/', root), { recursive: true, force: true });
await rename(next, new URL('dist/', root));

/** npm does not pack every file that begins with a dot, so templates/ has the names without. */
async function copyTemplates(): Promise<void> {
  const names = {
    Dockerfile: 'Dockerfile',
    dockerignore: '.dockerignore',
    gcloudignore: '.gcloudignore',
    'env.example': 'env.example',
  };
  const copies = Object.entries(names).map(([from, to]) =>
    copyFile(new URL(`templates/${from}`, root), new URL(to, next)),
  );
  await Promise.all(copies);
}
