/** `.env` as people write it, and what of it becomes a setting. */
import { settingNames } from '../../src/command/variables.ts';
import { STAGES } from '../../src/stages.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEnvironment, type Environment } from '../../src/command/environment.ts';
import { Problem } from '../../src/problem.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'redisdemo-env-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(content: string | Buffer, real: NodeJS.ProcessEnv = {}): Environment {
  writeFileSync(join(folder, '.env'), content);
  return loadEnvironment(real, settingNames(STAGES), folder);
}

function refusal(content: string | Buffer): string {
  try {
    load(content);
  } catch (error) {
    if (error instanceof Problem) return `${error.message}\n${error.hint ?? ''}`;
    throw error;
  }
  return 'not refused';
}

const TEXT = 'REDISHOST=h\r\nexport REDISUSER = "u"\n';
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

describe('.env', () => {
  it.each([
    ['as it is', Buffer.from(TEXT)],
    ['with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['in UTF-16, as PowerShell writes it', utf16(`\ufeff${TEXT}`)],
    ['in UTF-16 with the other byte order', utf16(`\ufeff${TEXT}`).swap16()],
    ['in UTF-16 without a byte order mark', utf16(TEXT)],
    ['with the line ends of old Macs', Buffer.from(TEXT.replace(/\r?\n/g, '\r'))],
    ['with NAME: value', Buffer.from('REDISHOST: h\nREDISUSER:   "u"\n')],
  ])('is read %s', (_how, content) => {
    expect(load(content)).toEqual({
      variables: { REDISHOST: 'h', REDISUSER: 'u' },
      dotenv: expect.any(Map) as unknown,
      remarks: [],
    });
  });

  it.each([
    ['REDISPASS=abc # a comment', 'abc'],
    ['REDISPASS="abc#123" # a comment', 'abc#123'],
    ["REDISPASS='a\"b\\n'", 'a"b\\n'],
    ['REDISPASS="a\\nb"', 'a\nb'],
    ['REDISPASS="a\nb\n"\n', 'a\nb'],
    ["FOO=it's\nREDISPASS=b\nBAR='x'", 'b'],
    ["FOO='open\nREDISPASS=b\n", 'b'],
    ['  REDISPASS   =  b  ', 'b'],
    ['REDISPASS=a=b:c', 'a=b:c'],
    ['export REDISPASS\nREDISPASS=a\nREDISPASS=b', 'b'],
    ['if [ -n "$REDISPASS" ]; then echo; fi\nREDISPASS=b', 'b'],
    ['echo "the PORT and ${REDISPASS:-none}"\nREDISPASS=b', 'b'],
  ])('%j sets REDISPASS to %j', (content, value) => {
    expect(load(content).variables['REDISPASS']).toBe(value);
  });

  it('adds settings of redisdemo and nothing else; what the environment has wins, an empty setting is none', () => {
    const others = [
      'LD_PRELOAD',
      'NODE_OPTIONS',
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'PATH',
      'CLOUDSDK_PYTHON',
      'DOCKER_HOST',
    ];
    const content = [
      ...others,
      'HTTPS_PROXY',
      'NODE_EXTRA_CA_CERTS',
      'REDISHOST',
      'REDISUSER',
      'REDISPASS',
      'BODY_LIMIT',
    ];
    const real = { PATH: '/bin', REDISHOST: 'real', REDISUSER: '', REDISPASS_FILE: '/real', EMPTY: '' };
    const { variables, remarks } = load(content.map((name) => `${name}=dotenv\n`).join(''), real);
    expect(variables).toEqual({
      PATH: '/bin',
      EMPTY: '',
      REDISHOST: 'real',
      REDISUSER: 'dotenv',
      REDISPASS_FILE: '/real',
      BODY_LIMIT: 'dotenv',
    });
    expect(remarks).toEqual([]);
  });

  it.each([
    ['REDISPASS="canary', 'line 1: REDISPASS cannot be read, because its value has no closing ".'],
    ['A=1\nREDISPASS="canary"canary', 'line 2: REDISPASS cannot be read, because there is more behind the closing "'],
    ['REDISHOST canary', 'line 1: REDISHOST cannot be read, because it is not NAME=value.'],
    ['setenv REDISPASS canary', 'line 1: REDISPASS cannot be read'],
    ['$env:REDISPASS = "canary"', 'line 1: REDISPASS cannot be read'],
    ['set REDISPASS=canary', 'line 1: REDISPASS cannot be read'],
    ['{ "REDISPASS": "canary" }', 'line 1: REDISPASS cannot be read'],
  ])('%j is refused with the line and the name, without the value', (content, words) => {
    expect(refusal(content)).toContain(words);
    expect(refusal(content)).not.toContain('canary');
  });

  it.each([
    ['REDIS_PASS=canary', '.env, line 1: REDIS_PASS is not read. Set REDISPASS instead.'],
    ['\nREDISPASSWORD: canary', '.env, line 2: REDISPASSWORD is not read. Set REDISPASS instead.'],
    ['REDIS_HOST="canary"', '.env, line 1: REDIS_HOST is not read. Set REDISHOST instead.'],
    ['REDISDEMO_COLOUR=canary', '.env, line 1: REDISDEMO_COLOUR is not read: redisdemo has no such setting.'],
    ['REDISDEMO_HOME=canary', expect.stringContaining('REDISDEMO_HOME is read from the environment only') as string],
    ['REDISPASS=abc#canary', expect.stringContaining('the value of REDISPASS ends before the unquoted #') as string],
    ['REDISPASS=#canary # x', expect.stringMatching('^.env, line 1: the value of REDISPASS ends') as string],
  ])('%j is reported', (content, remark) => {
    const { remarks, variables } = load(content);
    expect(remarks).toEqual([remark]);
    expect(JSON.stringify([remarks, variables])).not.toContain('canary');
  });

  it('that is a named pipe, a folder or too large is reported, and never waited for', () => {
    execFileSync('mkfifo', [join(folder, '.env')]);
    expect(loadEnvironment({}, settingNames(STAGES), folder).remarks).toEqual([
      '.env is a named pipe, not a file: no settings are read from it.',
    ]);
    rmSync(join(folder, '.env'));
    mkdirSync(join(folder, '.env'));
    expect(loadEnvironment({}, settingNames(STAGES), folder).remarks).toEqual([
      '.env is a folder, not a file: no settings are read from it.',
    ]);
    rmSync(join(folder, '.env'), { recursive: true });
    expect(refusal(Buffer.alloc(2 * 1024 * 1024))).toContain('.env cannot be read: it is larger than 1048576 bytes');
    rmSync(join(folder, '.env'));
    expect(loadEnvironment({}, settingNames(STAGES), folder)).toEqual({
      variables: {},
      dotenv: new Map(),
      remarks: [],
    });
  });
});
