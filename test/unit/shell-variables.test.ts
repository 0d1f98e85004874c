/** Variables as each shell reads them: by the shells themselves where they are, else by their written rules. */
import { listening } from '../support/sockets.ts';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { renderVariables, type Shell } from '../../src/script/shell-variables.ts';

/** What means something to one shell or another. */
const HOSTILE = [
  ...['', ' ', '  two  spaces ', "it's", '"quoted"', '`id`', '$HOME', '${HOME}', '$(id)', '\\', '\\\\', "\\'", '\\n'],
  ...[
    '!',
    '!!',
    '#',
    '~',
    '*',
    '?',
    '[a]',
    '{a,b}',
    '<',
    '>',
    '|',
    '&',
    '&&',
    ';',
    '(',
    ')',
    '%',
    '%PATH%',
    '^',
    '=',
    '=x',
  ],
  ...['@', '-n', '--', 'é', '‘’‚‛', '“”', '𝄞', 'a\tb', "'; id; '", '"; id; "', 'a\'b"c`d$e\\f!g%h^i'],
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: fc.constantFrom(...HOSTILE, 'a', '0'), maxLength: 12 }),
);

/** What a shell that reads the text prints of the variables: NUL separates them. */
const SHELLS: Readonly<
  Record<string, { readonly as: Shell; readonly program: string; readonly args: readonly string[] }>
> = {
  sh: { as: 'sh', program: 'sh', args: ['-c'] },
  dash: { as: 'sh', program: 'dash', args: ['-c'] },
  bash: { as: 'sh', program: 'bash', args: ['-c'] },
  zsh: { as: 'sh', program: 'zsh', args: ['-f', '-c'] },
  fish: { as: 'fish', program: 'fish', args: ['--no-config', '-c'] },
};

describe.each(Object.entries(SHELLS))('%s', (_name, { as, program, args }) => {
  const isMissing = spawnSync(program, ['-c', 'true']).error !== undefined;

  /** `eval "$(redisdemo env)"`, or the like of it. */
  function evaluated(values: readonly string[]): readonly string[] {
    const variables = Object.fromEntries(values.map((value, index) => [`V${String(index)}`, value]));
    const read = `eval "$(cat)"; env -0`;
    const script = as === 'fish' ? 'cat | source; env -0' : read;
    const printed = execFileSync(program, [...args, script], {
      input: renderVariables(as, variables),
      encoding: 'utf8',
    });
    const found = new Map(
      printed.split('\0').map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]),
    );
    return values.map((_value, index) => found.get(`V${String(index)}`) ?? 'not set');
  }

  it.skipIf(isMissing)(`reads every value as it was${isMissing ? ` (SKIPPED: ${program} is not on PATH)` : ''}`, () => {
    expect(evaluated([...HOSTILE, 'two\nlines'])).toEqual([...HOSTILE, 'two\nlines']);
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 120, size: 'max' }), (values) => {
        expect(evaluated(values)).toEqual(values);
      }),
      { numRuns: 5 },
    );
  });
});

/** Readers of dotenv files on this machine. Each prints the value of NAME. */
const DOTENV_READERS: Readonly<Record<string, (written: string) => string>> = {
  'Node (--env-file, process.loadEnvFile)': (written) => parseEnv(written)['NAME'] ?? 'not set',
  'sh (. ./file)': (written) =>
    execFileSync('sh', ['-c', 'eval "$(cat)"; printf %s. "$NAME"'], { input: written, encoding: 'utf8' }).slice(0, -1),
};

describe('dotenv', () => {
  it.each(Object.entries(DOTENV_READERS))('is read by %s as it was, or refused', (_name, read) => {
    for (const value of [...HOSTILE, 'two\nlines', "two\nline's"]) {
      const written = rendered('dotenv', value);
      if (written !== undefined) expect(read(written)).toBe(value);
    }
  });

  it('is read by Node as it was, or refused', () => {
    fc.assert(
      fc.property(text, (value) => {
        const written = rendered('dotenv', value);
        if (written !== undefined) expect(parseEnv(written)).toEqual({ NAME: value });
      }),
    );
  });

  /** No reader is given what another would take for a quote, an escape, a command or a variable. */
  it.each([
    ['`id`', "NAME='`id`'\n"],
    ['$HOME $(id)', "NAME='$HOME $(id)'\n"],
    ["it's", 'NAME="it\'s"\n'],
    ['"', "NAME='\"'\n"],
    ['a#b', "NAME='a#b'\n"],
    ['a\\b', "NAME='a\\b'\n"],
    ['a\\\\b', undefined],
    ['a\\', undefined],
    ['${HOME}', undefined],
    [`it's "quoted"`, undefined],
    ["it's `id`", undefined],
    ["it's $5", undefined],
  ])('writes %j as %j', (value, written) => {
    expect(rendered('dotenv', value)).toBe(written);
  });
});

const noDocker = spawnSync('docker', ['--version']).error === undefined ? '' : ' (SKIPPED: docker is not on PATH)';

describe(`docker${noDocker}`, () => {
  it.skipIf(noDocker !== '')('is read by docker run --env-file as it was', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
    const file = join(folder, 'variables');
    const values = [...HOSTILE, 'x'.repeat(65_000)];
    const variables = Object.fromEntries(values.map((value, index) => [`V${String(index)}`, value]));
    await writeFile(file, renderVariables('docker', variables));
    // The client reads the file itself; the engine gets a list.
    const sent: string[] = [];
    const engine = createServer((request, response) => {
      request.on('data', (part) => sent.push(String(part)));
      response.setHeader('content-type', 'application/json').setHeader('api-version', '1.50');
      response.end('{"Id":"0","Warnings":[]}');
    });
    const port = await listening(engine);
    const client = spawn('docker', ['create', '--env-file', file, 'image'], {
      env: { ...process.env, DOCKER_HOST: `tcp://127.0.0.1:${String(port)}` },
    });
    expect(await once(client, 'exit')).toEqual([0, null]);
    await rm(folder, { recursive: true });
    const { Env } = JSON.parse(sent.join('')) as { Env: string[] };
    expect(Env).toEqual(Object.entries(variables).map(([name, value]) => `${name}=${value}`));
  });

  it('refuses what a line cannot hold', () => {
    for (const value of ['two\nlines', 'a\r', 'x'.repeat(65_536)]) expect(rendered('docker', value)).toBeUndefined();
  });
});

test('json holds everything', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(JSON.parse(renderVariables('json', { NAME: value }))).toEqual({ NAME: value });
    }),
  );
});

/** about_quoting_rules; CharTraits.cs, IsSingleQuote. */
test.each([
  ['plain', "$env:NAME = 'plain'\n"],
  ['$HOME `n "x"', '$env:NAME = \'$HOME `n "x"\'\n'],
  ["it's", "$env:NAME = 'it''s'\n"],
  ['‘’', "$env:NAME = '‘‘’’'\n"],
  ['a\nb', "$env:NAME = 'a'+\"`n\"+'b'\n"],
])('PowerShell: %j', (value, written) => {
  expect(rendered('powershell', value)).toBe(written);
});

/** cmd: % is doubled in a batch file; behind a quote, operators need a caret. */
test.each([
  ['plain & simple', 'set "NAME=plain & simple"\n'],
  ['100%', 'set "NAME=100%%"\n'],
  ['a"b&c"d', 'set "NAME=a"b^&c"d"\n'],
  ['two\nlines', undefined],
])('cmd: %j', (value, written) => {
  expect(rendered('cmd', value)).toBe(written);
});

/** undefined when the shell cannot have it, which is said. */
function rendered(shell: Shell, value: string): string | undefined {
  try {
    return renderVariables(shell, { NAME: value });
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return undefined;
  }
}
