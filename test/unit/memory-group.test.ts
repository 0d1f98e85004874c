/** Where no control group can be limited, the tests that need one say which file it was, and leave none behind. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withFolder } from '../support/cli.ts';
import { findVersion, type Version } from '../support/memory-group.ts';

/** Its files cannot be written: their folder is not there. */
const version = (root: string): Version => ({
  root,
  limits: (bytes) => ({ 'missing/memory.max': bytes }),
  kills: { file: 'memory.events', pattern: /^oom_kill (\d+)$/m },
});

it('a group whose limit cannot be written is removed, and the file is in the reason', () =>
  withFolder(async (folder) => {
    const root = join(folder, 'cgroup');
    await mkdir(root);
    expect(findVersion([version(root)])).toMatch(/^no memory control groups are mounted/);
    await writeFile(join(root, 'cgroup.procs'), '');
    expect(findVersion([version(root)])).toMatch(
      /^no memory control group can be limited: ENOENT.*missing\/memory\.max/,
    );
    expect(await readdir(root)).toEqual(['cgroup.procs']);
  }));
