/** What the bundles of the CLI and of the service have in common. */
import { fileURLToPath } from 'node:url';
import type { BuildOptions, TransformOptions } from 'esbuild';

export const root = new URL('../', import.meta.url);
/** Made whole before it takes the place of dist/, which a running redisdemo may be reading. */
export const next = new URL('dist.next/', root);

export const language = {
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  minifyWhitespace: true,
} as const satisfies BuildOptions & TransformOptions;

export const common = {
  ...language,
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  format: 'esm',
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;
