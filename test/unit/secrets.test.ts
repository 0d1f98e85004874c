/** Passwords from variables, files and pipes: one value, whichever way it comes. */
import { passwordAction } from '../../src/plan/action.ts';
import { failed } from '../../src/plan/answer.ts';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openSystems } from '../../src/cli/open-systems.ts';
import type { Secret } from '../../src/secret.ts';
import { readGiven } from '../../src/systems/files/given-file.ts';
import { managedFiles } from '../../src/systems/files/managed-files.ts';
import { describeSecret, lookUpSecretsIn, readSecret } from '../../src/systems/files/secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'redisdemo-secrets-'));
let files = 0;
/** Of files that are in no container. */
const managed = managedFiles({
  readFile: () => Promise.resolve(failed('there is no engine')),
  anyCreatedFrom: () => Promise.resolve(failed('there is no engine')),
});
const nextPath = (): string => join(folder, String(files++));

afterEach(() => {
  lookUpSecretsIn({ variables: process.env, dotenv: new Map() });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function inVariable(text: string, origin?: { line: number; cut: boolean }): Secret {
  const dotenv = new Map(origin ? [['REDISPASS', { value: text, ...origin }]] : []);
  lookUpSecretsIn({ variables: { REDISPASS: text }, dotenv });
  return { variable: 'REDISPASS' };
}

function inFile(text: string): Secret {
  const file = nextPath();
  writeFileSync(file, text);
  return { file };
}

/** A named pipe, and somebody who writes into it once it is read. */
function inPipe(text: string): { readonly file: string; readonly written: Promise<void> } {
  const file = nextPath();
  execFileSync('mkfifo', [file]);
  return { file, written: writeFile(file, text) };
}

describe('a password', () => {
  it.each([
    ['pw', 'pw'],
    ['pw\n', 'pw'],
    ['pw\r\n\r\n\n', 'pw'],
    ['\ufeffpw\r', 'pw'],
    ['\n pw \t', '\n pw \t'],
    ['p\nw\n', 'p\nw'],
    ['', ''],
  ])('%j means %j in a variable, a file and a pipe', async (text, value) => {
    expect(await readSecret(inVariable(text))).toBe(value);
    expect(await readSecret(inFile(text))).toBe(value);
    const { file, written } = inPipe(text);
    expect(await readSecret({ file })).toBe(value);
    await written;
  });

  it('in a pipe is read once and used as often as it is needed', async () => {
    const { file: from, written } = inPipe('from-a-pipe\n');
    const file = join(folder, 'home', 'secrets', 'password');
    const action = passwordAction(file, from);
    expect((await managed.exists(action)).kind).toBe('absent');
    await written;
    await managed.create(action, { update: () => undefined, say: () => undefined });
    expect(readFileSync(file, 'utf8')).toBe('from-a-pipe');
    expect((await managed.exists(action)).kind).toBe('ok');
  });

  it.each([
    [folder, 'it is a folder'],
    ['/dev/zero', 'it is a device'],
    [join(folder, 'hunter2'), 'there is no such file'],
    [join(folder, 'hunter2'.repeat(100)), 'there is no such file'],
  ])('in %s cannot be read: %s', async (file, reason) => {
    expect(await readGiven(file)).toMatchObject({ kind: 'failed', reason });
  });

  it('in the state folder is never read from a pipe, nor from a file that others can change', async () => {
    const home = join(folder, 'state');
    const environment = { variables: { REDISDEMO_HOME: home }, dotenv: new Map(), remarks: [] };
    const { files: opened } = openSystems(environment, new AbortController().signal);
    const stored = (name: string): string => join(home, 'secrets', name);
    mkdirSync(join(home, 'secrets'), { recursive: true, mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', stored('pipe')]);
    await expect(opened.readSecret({ file: stored('pipe') })).rejects.toMatchObject({
      code: 'bad_file',
      hint: expect.stringContaining(`rm ${stored('pipe')}`) as string,
    });
    writeFileSync(stored('open'), 'canary');
    chmodSync(stored('open'), 0o666);
    await expect(opened.readSecret({ file: stored('open') })).rejects.toMatchObject({ code: 'not_permitted' });
    writeFileSync(stored('own'), 'canary\n', { mode: 0o600 });
    expect(await opened.readSecret({ file: stored('own') })).toBe('canary');
  });

  it('is waited for in a pipe until the command is stopped', async () => {
    const file = nextPath();
    execFileSync('mkfifo', [file]);
    const stop = new AbortController();
    const reading = readGiven(file, stop.signal);
    setImmediate(() => {
      stop.abort(new Error('stopped'));
    });
    await expect(reading).rejects.toThrow('stopped');
  });
});

describe('what is odd about a refused password', () => {
  it.each([
    [' canary', 'The password begins or ends with a space.'],
    ['cana\nry', 'The password has a line break inside.'],
    ['"canary"', 'The password is in quotes, which count as part of it.'],
    ['\ufeff\ufeffcanary', 'The password begins with a byte order mark.'],
    ['cana\u200bry', 'The password has an invisible character in it.'],
    ['canary%21', 'The password may be percent-encoded, as in a URL.'],
    ['\n', 'The password is empty.'],
    ['canary', undefined],
    ['canary\n', undefined],
  ])('%j: %s', async (text, remark) => {
    expect(await describeSecret(inFile(text))).toBe(remark);
    expect(await describeSecret(inVariable(text))).toBe(remark);
  });

  it('is also that it comes from .env, and what .env did to it', async () => {
    expect(await describeSecret(inVariable('canary', { line: 3, cut: false }))).toBe(
      'The password is from .env, line 3.',
    );
    expect(await describeSecret(inVariable('canary', { line: 3, cut: true }))).toBe(
      'The password is from .env, line 3, where an unquoted # ends it: put it in quotes if # is part of it.',
    );
    expect(await describeSecret(inVariable('$canary', { line: 3, cut: false }))).toContain('.env does not replace');
  });
});
