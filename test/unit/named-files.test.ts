import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { chmod, link, lstat, mkdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { checkNamed, writeNamed } from '../../src/systems/files/named-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'redisdemo-test-'));
afterAll(() => rm(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);
const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);
/** Devices made for this test: /dev is not touched. 1:3 is null, 1:7 is full, 7:0 is a loop device. */
function device(name: string, kind: string, major: number, minor: number): string {
  execFileSync('mknod', ['-m', '666', path(name), kind, String(major), String(minor)], { stdio: 'ignore' });
  return path(name);
}

function deviceMissing(): string {
  try {
    writeFileSync(device('probe', 'c', 1, 3), 'x', { flag: 'r+' });
    return '';
  } catch {
    return ' (SKIPPED: devices cannot be made here)';
  }
}
const noDevices = deviceMissing();

describe('a file that a person named', () => {
  it('is created; with a secret in it, only its owner can read it, also when others could read what was there', async () => {
    expect(await writeNamed(path('new'), 'a', { secret: true })).toBe(true);
    await writeFile(path('old'), 'longer than the new content', { mode: 0o644 });
    await link(path('old'), path('open-elsewhere'));
    await writeNamed(path('old'), 'b', { secret: true });
    expect([await readFile(path('new'), 'utf8'), await modeOf(path('new'))]).toEqual(['a', '600']);
    expect([await readFile(path('old'), 'utf8'), await modeOf(path('old'))]).toEqual(['b', '600']);
    expect(await readFile(path('open-elsewhere'), 'utf8')).toBe('longer than the new content');
  });

  it('without a secret is written in place', async () => {
    await writeFile(path('report'), 'old content');
    await chmod(path('report'), 0o640);
    await link(path('report'), path('other-name'));
    await checkNamed(path('report'));
    expect(await readFile(path('report'), 'utf8')).toBe('old content');
    await writeNamed(path('report'), '<xml/>');
    expect([await readFile(path('other-name'), 'utf8'), await modeOf(path('report'))]).toEqual(['<xml/>', '640']);
  });

  it.each([
    ['a file', 'target'],
    ['nothing yet', 'absent'],
  ])('that is a symbolic link to %s: the link stays', async (_title, target) => {
    if (target === 'target') await writeFile(path(target), 'much longer', { mode: 0o644 });
    await symlink(target, path(`link-to-${target}`));
    expect(await writeNamed(path(`link-to-${target}`), 'new', { secret: true })).toBe(true);
    expect(await readlink(path(`link-to-${target}`))).toBe(target);
    expect([await readFile(path(target), 'utf8'), await modeOf(path(target))]).toEqual(['new', '600']);
  });

  it('that is a pipe is written into, once, however much it is', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const reader = spawn('cat', [path('pipe')]);
    const read = text(reader.stdout);
    const content = 'x'.repeat(300_000);
    await checkNamed(path('pipe'));
    await expect
      .poll(() => writeNamed(path('pipe'), content, { secret: true }).catch(() => 'nobody reads it'))
      .toBe(false);
    expect(await read).toBe(content);
    expect((await lstat(path('pipe'))).isFIFO()).toBe(true);
  });

  it('that is a pipe without a reader is refused, and nothing hangs', async () => {
    execFileSync('mkfifo', [path('unread')]);
    await expect(writeNamed(path('unread'), 'x')).rejects.toThrow('is a pipe that no program reads');
  });

  it('that is a folder or a socket is refused and stays', async () => {
    await mkdir(path('folder'));
    const server = createServer().listen(path('socket'));
    await once(server, 'listening');
    for (const [name, kind] of [
      ['folder', 'a folder'],
      ['socket', 'a socket'],
    ] as const) {
      await expect(writeNamed(path(name), 'x', { secret: true })).rejects.toThrow(`is ${kind}, and was not written`);
      await expect(checkNamed(path(name))).rejects.toThrow(`is ${kind}, and was not written`);
    }
    expect((await lstat(path('socket'))).isSocket()).toBe(true);
    server.close();
  });

  it('in a folder that does not exist is refused before there is something to write', async () => {
    await expect(checkNamed(path('absent-folder/file'))).rejects.toMatchObject({
      code: 'bad_file',
      hint: 'Give the path of a file in a folder that exists and that you may write to.',
    });
  });

  it.skipIf(noDevices !== '')(`that is a device stays one${noDevices}`, async () => {
    const [empty, full] = [device('null', 'c', 1, 3), device('full', 'c', 1, 7)];
    const disk = device('disk', 'b', 7, 0);
    await symlink('null', path('link-to-null'));
    expect(await writeNamed(empty, 'x', { secret: true })).toBe(false);
    expect(await writeNamed(path('link-to-null'), 'x', { secret: true })).toBe(false);
    await expect(writeNamed(full, 'x')).rejects.toThrow('no space is left on the device');
    await expect(writeNamed(disk, 'x')).rejects.toThrow('is a block device, and was not written');
    expect((await lstat(empty)).isCharacterDevice()).toBe(true);
    expect(await modeOf(empty)).toBe('666');
    expect((await lstat(path('link-to-null'))).isSymbolicLink()).toBe(true);
  });
});
