/** Who is measured. */
import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { RedisSettings } from '../service/src/settings.ts';
import { temporaryFolder } from './folder.ts';

export type ContenderName = 'bare http' | 'bare Fastify' | 'service' | 'original';

export interface Contender {
  readonly name: ContenderName;
  readonly command: (port: number) => readonly string[];
}

export interface Contenders {
  readonly all: readonly Contender[];
  /** Versions of the original, or why it does not take part. */
  readonly original: string;
}

const root = new URL('../', import.meta.url);

/** Makes copies of them, so that a build meanwhile changes nothing. Throws when the service is not built. */
export async function findContenders(redis: RedisSettings): Promise<Contenders> {
  const directory = await temporaryFolder();
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await bundleForNode(['bench/contenders/bare-http.ts', 'bench/contenders/bare-fastify.ts'], directory);
  await copyFile(new URL('bench/contenders/original.py', root), join(directory, 'original.py'));

  const node = (name: ContenderName, file: string): Contender => ({
    name,
    command: () => [process.execPath, join(directory, file)],
  });
  const bare = [node('bare http', 'bare-http.js'), node('bare Fastify', 'bare-fastify.js')];
  const all = [...bare, await findService()];
  const python = await findPython(redis);
  if (typeof python === 'string') return { all, original: python };
  const command = (port: number): string[] => [
    ...[python.program, '-m', 'uvicorn', 'original:app'],
    ...['--app-dir', directory, '--port', String(port)],
  ];
  return { all: [...all, { name: 'original', command }], original: python.versions };
}

/** A copy of the service. Throws when it is not built. */
export async function findService(): Promise<Contender> {
  const directory = await temporaryFolder();
  for (const name of ['server.js', 'package.json']) {
    await copyFile(new URL(`dist/service/${name}`, root), join(directory, name)).catch((error: unknown) => {
      throw new Error(`dist/service/${name} is not there: npm run build`, { cause: error });
    });
  }
  return { name: 'service', command: () => [process.execPath, join(directory, 'server.js')] };
}

/** As the service is built, so that start and memory compare too. @param entryPoints relative to the project's root */
export async function bundleForNode(entryPoints: string[], outdir: string): Promise<void> {
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints,
    entryNames: '[name]',
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}

/** The python3 on PATH may be another than the system's, and only one of them may have the packages. */
async function findPython({ tls, user }: RedisSettings): Promise<{ program: string; versions: string } | string> {
  if (tls || user !== undefined) return "the tutorial's service knows no TLS and no user name";
  const program = `
import sys, fastapi, pydantic, redis, uvicorn
print('Python %d.%d' % sys.version_info[:2], 'FastAPI', fastapi.__version__, 'pydantic', pydantic.VERSION,
      'uvicorn', uvicorn.__version__, 'redis-py', redis.__version__)`;
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const { stdout } = await promisify(execFile)(python, ['-c', program]);
      return { program: python, versions: stdout.trim() };
    } catch {
      continue; // no such Python, or not all of its packages
    }
  }
  return 'no python3 here has fastapi, uvicorn and redis';
}
