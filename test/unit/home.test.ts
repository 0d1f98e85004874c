import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
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
