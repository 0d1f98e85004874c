/** Builds dist/: the CLI, the service, and what an image of the service is made with. */
import { copyFile, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { next, root } from './bundle.ts';
import { bundleCli } from './cli-bundle.ts';
import { bundleService } from './service-bundle.ts';

const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };

await rm(next, { recursive: true, force: true });
await Promise.all([bundleCli(version), bundleService()]);
await copyTemplates();
await settleTimes();
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

/** The same content at the same time: a layer of an image is made of both. */
async function settleTimes(): Promise<void> {
  const epoch = new Date('2000-01-01T00:00:00Z');
  const entries = await readdir(next, { recursive: true });
  await Promise.all(entries.map((entry) => utimes(new URL(entry, next), epoch, epoch)));
}
