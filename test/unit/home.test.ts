import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHome, homeRemarks } from '../../src/home.ts';

const state = (home: string): string => join(home, '.local', 'state', 'redisdemo');

describe('the state folder', () => {
  it.each([
    [{ REDISDEMO_HOME: '/a', XDG_STATE_HOME: '/b', HOME: '/c' }, '/a'],
    [{ REDISDEMO_HOME: '', XDG_STATE_HOME: '/b', HOME: '/c' }, '/b/redisdemo'],
    [{ XDG_STATE_HOME: 'state', HOME: '/c' }, state('/c')],
    [{ XDG_STATE_HOME: '~/.state', HOME: '/c' }, state('/c')],
    [{ XDG_STATE_HOME: './state', HOME: 'relative' }, state(userInfo().homedir)],
    [{ HOME: '' }, state(userInfo().homedir)],
    [{ LOCALAPPDATA: '/windows', HOME: '/c' }, state('/c')],
    [{ LOCALAPPDATA: String.raw`C:\Users\a`, HOME: '~' }, state(userInfo().homedir)],
  ])('of %j is %s: variables that are not absolute, or of another platform, are ignored', (env, folder) => {
    expect(findHome(env).folder).toBe(folder);
  });

  it.each(['~', '~/state'])('REDISDEMO_HOME=%j, in quotes, is refused and explained', (value) => {
    expect(() => findHome({ REDISDEMO_HOME: value }).folder).toThrow(
      /begins with ~, which a shell replaces only outside/,
    );
  });

  it('of a path that is no folder is refused: nobody is told to change the mode of a device', () => {
    expect(() => findHome({ REDISDEMO_HOME: '/dev/null' }).folder).toThrow(
      '/dev/null, where redisdemo stores its state',
    );
  });

  it('a relative REDISDEMO_HOME is made absolute, with a remark', () => {
    expect(findHome({ REDISDEMO_HOME: 'a' }).folder).toBe(resolve('a'));
    expect(homeRemarks({ REDISDEMO_HOME: 'a' })).toEqual([expect.stringContaining(resolve('a'))]);
  });

  it('an ignored variable is named; others are not', () => {
    expect(homeRemarks({ XDG_STATE_HOME: 'state' })).toEqual([expect.stringContaining('XDG_STATE_HOME')]);
    expect(homeRemarks({ XDG_STATE_HOME: '/state', REDISDEMO_HOME: '' })).toEqual([]);
  });
});

describe('the id of a state folder', () => {
  let folder: string;
  let file: string;
  const id = (): string => findHome({ REDISDEMO_HOME: folder }).id;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'redisdemo-test-'));
    mkdirSync(join(folder, 'records'), { mode: 0o700 });
    file = join(folder, 'records', 'id');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is what is in its file; without one, or with nonsense in it, a new one', () => {
    expect(id()).toMatch(/^[0-9a-f]{12}$/);
    writeFileSync(file, 'x'.repeat(100_000));
    expect(id()).toMatch(/^[0-9a-f]{12}$/);
    writeFileSync(file, '0123456789ab\n');
    expect(id()).toBe('0123456789ab');
  });

  it.each(['file', 'folder'] as const)('is not a new one when its %s cannot be read as one', (kind) => {
    if (kind === 'folder') mkdirSync(file);
    // Opening a pipe waits for a program that writes into it.
    else execFileSync('mkfifo', [file]);
    expect(id).toThrow(`${file}, where redisdemo stores its state, is not a file.`);
  });

  it.skipIf(process.getuid?.() !== 0)('is not taken from a file that somebody else can write', () => {
    writeFileSync(file, '0123456789ab\n');
    chownSync(file, 65_534, 65_534);
    expect(id).toThrow('belongs to another user');
  });

  it('is not a new one when its folder is no folder', () => {
    rmSync(join(folder, 'records'), { recursive: true });
    writeFileSync(join(folder, 'records'), '');
    expect(id).toThrow(
      'where redisdemo stores its state, cannot be read: a part of the path is not a folder (ENOTDIR).',
    );
  });
});
