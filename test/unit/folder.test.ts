/** Folders that are made by several at once, and where none can be made. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../../src/folder.ts';

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('made by many at the same time, with the folders above them, are all there', async () => {
  const folder = await temporary();
  const rounds = Array.from({ length: 200 }, (_, round) => join(folder, String(round)));
  const paths = rounds.flatMap((round) => ['a/b', 'a/c', 'a/b'].map((path) => join(round, path)));
  await Promise.all(paths.map((path) => makeFolder(path, 0o700)));
  for (const path of paths) expect((await stat(path)).isDirectory()).toBe(true);
});

it.skipIf(process.platform !== 'linux')(
  'that the system does not make are refused, and not tried for ever',
  async () => {
    await expect(makeFolder('/proc/redisdemo/a')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

it('in the place of a file are refused', async () => {
  await expect(makeFolder(join(import.meta.filename, 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
