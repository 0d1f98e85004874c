/** The CLI as files of CommonJS, split where it imports while it runs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { build, transform } from 'esbuild';
import { common, language, next } from './bundle.ts';
import { fewCommands } from './few-commands.ts';
import { helpTexts } from './help-texts.ts';
import { leaveOut, noDebug, streamsOfNode, undiciForRequests, type LeftOut } from './left-out.ts';

const LEFT_OUT: LeftOut = {
  commander: ['node:child_process'], // for subcommands that are programs
  'docker-modem': ['./ssh'],
  // Sessions and output of BuildKit, and archives of a folder: ours are made elsewhere.
  dockerode: ['./session', './buildkit', 'tar-fs', '@balena/dockerignore'],
  undici: ['./client-h2.js'],
};

export async function bundleCli(version: string): Promise<void> {
  await build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist.next/cli',
    splitting: true,
    plugins: [leaveOut(LEFT_OUT), undiciForRequests, streamsOfNode, noDebug, fewCommands],
    define: {
      'import.meta.dirname': '__dirname',
      REDISDEMO_VERSION: JSON.stringify(version),
      // dockerode must not look for the engine itself: it would read certificates that nobody asked for, and fail.
      'process.env.DOCKER_HOST': 'undefined',
    },
  });
  const folder = new URL('cli/', next);
  await toCommonJs(folder);
  // For bin/start.js.
  await writeFile(new URL('help.json', folder), JSON.stringify(await helpTexts(version)));
}

/** From import to require(): esbuild splits ES modules only, and Node starts CommonJS sooner (docs/adr/0012). */
async function toCommonJs(folder: URL): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.js')) continue;
    const file = new URL(name, folder);
    const { code } = await transform(await readFile(file, 'utf8'), {
      ...language,
      format: 'cjs',
      supported: { 'dynamic-import': false },
      logOverride: { 'duplicate-object-key': 'silent' }, // of jqjs, which the first pass knows for a library
    });
    await writeFile(file, code);
  }
  await writeFile(new URL('package.json', folder), '{"type":"commonjs"}\n');
}
