/** Variables as each shell reads them: by the shells themselves where they are, else by their written rules. */
import { execFileSync, spawnSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { renderVariables, type Shell } from '../../src/shell-variables.ts';

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

describe('dotenv', () => {
  it('is read by Node as it was, or refused', () => {
    fc.assert(
      fc.property(text, (value) => {
        const written = rendered('dotenv', value);
        if (written !== undefined) expect(parseEnv(written)).toEqual({ NAME: value });
      }),
    );
  });

  it('takes everything but a value with all the kinds of quotes', () => {
    expect(rendered('dotenv', `'"\``)).toBeUndefined();
    expect(HOSTILE.filter((value) => rendered('dotenv', value) === undefined)).toEqual([HOSTILE.at(-1)]);
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
