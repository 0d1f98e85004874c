/** Bundles a program as CommonJS files, split at dynamic imports. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, transform, type Metafile, type Plugin } from 'esbuild';
import { common, language } from './bundle.ts';
import { fewCommands } from './few-commands.ts';
import { LEFT_OUT_OF_IOREDIS, leaveOut, noDebug, streamsOfNode, undiciForRequests, type LeftOut } from './left-out.ts';

const LEFT_OUT: LeftOut = {
  ioredis: LEFT_OUT_OF_IOREDIS,
  commander: ['node:child_process'], // used only to run external programs as subcommands
  'docker-modem': ['./ssh', 'https'], // redisdemo connects itself: docker-connect.ts
  // Used only for BuildKit and to archive folders; redisdemo creates its own archives.
  dockerode: ['./session', './buildkit', 'tar-fs', '@balena/dockerignore'],
  undici: ['./client-h2.js', '../web/fetch/body.js'], // HTTP/2 and form data
};

/**
 * Resolves with what went into the files. @param entry a TypeScript file, relative to the project's root. @param define
 * constants to replace, as in esbuild @param more plugins that come first
 */
export async function bundleProgram(
  entry: string,
  folder: string,
  define: Readonly<Record<string, string>> = {},
  more: readonly Plugin[] = [],
): Promise<Metafile> {
  const { metafile } = await build({
    ...common,
    entryPoints: [entry],
    outdir: folder,
    splitting: true,
    plugins: [...more, leaveOut(LEFT_OUT), undiciForRequests, streamsOfNode, noDebug, fewCommands],
    define: {
      ...define,
      'import.meta.dirname': '__dirname',
      // dockerode must not look for the engine itself: it would read certificates that nobody asked for, and fail.
      'process.env.DOCKER_HOST': 'undefined',
    },
  });
  await toCommonJs(folder);
  return metafile;
}

/** Converts the files to CommonJS: esbuild splits only ES modules, and Node loads CommonJS faster (docs/adr/0012). */
async function toCommonJs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.js')) continue;
    const file = join(folder, name);
    const { code } = await transform(await readFile(file, 'utf8'), {
      ...language,
      format: 'cjs',
      supported: { 'dynamic-import': false },
      logOverride: { 'duplicate-object-key': 'silent' }, // in jqjs; the first pass ignores that in node_modules
    });
    await writeFile(file, code);
  }
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
}
