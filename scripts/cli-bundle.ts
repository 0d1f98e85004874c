/** The CLI as files of CommonJS, split where it imports while it runs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { build, transform, type Plugin } from 'esbuild';
import { absentModule, common, language, next } from './bundle.ts';
import { fewCommands } from './few-commands.ts';
import { helpTexts } from './help-texts.ts';

/** commander loads it to start programs as its subcommands, of which we have none: it is a fourth of the start of --help. */
const noChildProcess: Plugin = {
  name: 'commander starts no programs',
  setup: (build) => {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: absentModule } : undefined,
    );
  },
};

export async function bundleCli(version: string): Promise<void> {
  await build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist.next/cli',
    splitting: true,
    plugins: [noChildProcess, fewCommands],
    // dockerode's own ssh and BuildKit sessions are not used, and weigh more than all the rest.
    alias: { ssh2: absentModule, '@grpc/grpc-js': absentModule, '@grpc/proto-loader': absentModule },
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
