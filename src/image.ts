import { chmod, cp, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileHint, fileReason, ifThere } from './file-errors.ts';
import { makeFolder } from './folder.ts';
import { LAYER, type BuildImage } from './plan/action.ts';
import type { Plan } from './plan/plan.ts';
import { Problem } from './problem.ts';

const IMAGE_STAGE = 'image';

const CONTEXT = ['Dockerfile', '.dockerignore', 'service'];
/** Added by `eject` for people who continue without redisdemo. */
const FOR_PEOPLE = ['.gcloudignore', 'env.example'];

/** Writes what `docker build` needs into a folder, which must be absent or empty. @param built dist/ */
export async function eject(folder: string, built: string): Promise<readonly string[]> {
  const there = await ifThere(readdir(folder)).catch((error: unknown) => {
    throw cannotBeWritten(folder, error as NodeJS.ErrnoException);
  });
  if (there && there.length > 0) {
    throw new Problem('folder_not_empty', {
      message: `${folder} is not empty: nothing was written.`,
      hint: 'Give the path of a new folder.',
    });
  }
  try {
    await makeFolder(folder);
    for (const name of [...CONTEXT, ...FOR_PEOPLE])
      await cp(join(built, name), join(folder, name), { recursive: true, preserveTimestamps: true });
    await settle(folder);
  } catch (error) {
    throw cannotBeWritten(folder, error as NodeJS.ErrnoException);
  }
  return (await readdir(folder, { recursive: true })).sort();
}

function cannotBeWritten(folder: string, error: NodeJS.ErrnoException): Problem {
  return new Problem('bad_file', {
    message: `${folder} cannot be written: ${fileReason(error)}.`,
    hint: fileHint(error, 'Give the path of a new folder, in one that is yours.'),
  });
}

export async function settle(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    await chmod(path, entry.isDirectory() ? LAYER.folderMode : LAYER.fileMode);
    await utimes(path, LAYER.mtime, LAYER.mtime);
  }
}

/** Named by its content: the same content is not built again. */
export async function serviceImage(
  built: string,
  version: string,
  platform?: string,
): Promise<{ readonly name: string; readonly plan: Plan }> {
  const digest = await serviceDigest(built);
  const suffix = platform === undefined ? '' : `-${platform.replace('/', '-')}`;
  const name = `redisdemo/service:${version}-${digest}${suffix}`;
  const action: BuildImage = {
    kind: 'buildImage',
    image: name,
    stage: IMAGE_STAGE,
    context: built,
    files: CONTEXT,
    digest,
    ...(platform !== undefined && { platform }),
  };
  return {
    name,
    plan: { title: `The service as the image ${name}`, steps: [{ id: 'image', title: `build image ${name}`, action }] },
  };
}

export async function serviceDigest(built: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const name of CONTEXT) {
    for (const path of await filesOf(join(built, name))) {
      hash.update(`${relative(built, path)}\0`).update(await readFile(path));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
