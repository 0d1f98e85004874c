/**
 * Every setting of every command is given what does not belong there, from each place that a setting can come from. A
 * command runs until it would do something outside of this process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isGroup, type CommandEntry, type CommandTable } from '../../src/command/command-spec.ts';
import { commandsOf } from '../../src/commands/commands.ts';
import { settingNames } from '../../src/command/variables.ts';
import { STAGES } from '../../src/stages.ts';
import { loadEnvironment } from '../../src/command/environment.ts';
import type { Invocation } from '../../src/command/invocation.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { Setting } from '../../src/command/setting.ts';
import { asProblem, commandFirst } from '../../src/cli/usage.ts';
import { findHome } from '../../src/home.ts';
import type { Problem } from '../../src/problem.ts';
import { readGiven } from '../../src/systems/files/given-file.ts';
import { describeSecret } from '../../src/systems/files/secrets.ts';

const MARKER = 's3cret-7F3A';
const folder = mkdtempSync(join(tmpdir(), 'redisdemo-hostile-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The command got as far as something outside: its settings were accepted. */
class Outside extends Error {}

const COMMANDS = commandsOf(STAGES);
const NAMES = settingNames(STAGES);

const outside: unknown = new Proxy(() => undefined, {
  get: (_target, name): unknown => (name === 'then' ? undefined : outside),
  apply: () => {
    throw new Outside();
  },
});

/** Resolves with all that the command said, and the problem that it ended with. */
async function call(words: readonly string[], real: NodeJS.ProcessEnv): Promise<{ said: string; problem?: Problem }> {
  const said: unknown[] = [];
  const line = commandFirst(words, COMMANDS);
  try {
    const program = await createProgram(COMMANDS, {
      version: '0.0.0',
      line,
      run: async (_values, { read, work }) => {
        const { variables, remarks } = loadEnvironment(real, NAMES, folder);
        said.push(remarks);
        const files = { ...(outside as Invocation['systems']['files']), readGiven, describeSecret };
        const known = new Map<PropertyKey, unknown>([
          ['files', new Proxy(files, { get: (own, name): unknown => Reflect.get(own, name) ?? outside })],
        ]);
        await work(read(variables), {
          systems: new Proxy({}, { get: (_target, name) => known.get(name) ?? outside }) as Invocation['systems'],
          environment: variables,
          settingNames: NAMES,
          places: {
            home: findHome({ REDISDEMO_HOME: join(folder, 'home') }),
            version: '0.0.0',
            get built(): string {
              throw new Outside();
            },
          },
          report: {
            say: (text) => said.push(text),
            log: (text) => said.push(text),
            begin: (text) => ({ update: (more) => said.push(text, more), end: (more) => said.push(text, more) }),
          },
          signal: new AbortController().signal,
          confirm: () => Promise.reject(new Outside()),
          show: (part) => said.push(part),
          finish: (result) => said.push(result),
        });
      },
    });
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Outside)) {
      const problem = asProblem(error, line, COMMANDS);
      const { code, message, hint, details } = problem;
      return { said: JSON.stringify([said, code, message, hint, details]), problem };
    }
  }
  return { said: JSON.stringify(said) };
}

/** With a password in it, in the forms that people paste. */
const hostile = fc.oneof(
  fc.constantFrom(
    ...['redis', 'rediss', 'tcp', 'http', 'https', 'valkeys', 'unix'].flatMap((scheme) => [
      `${scheme}://user:${MARKER}@host:6380/0`,
      `${scheme}://:${MARKER}@host`,
      `${scheme}://${MARKER}:@[::1]:6380`,
      `${scheme}://host:6380/?password=${MARKER}`,
      `${scheme}://host:6380#${MARKER}`,
      `${scheme}://user:a/b@${MARKER}@host`,
      `${scheme}://user:1/${MARKER}@host`,
    ]),
    ...[`user:${MARKER}@host`, `host:${MARKER}`, `"${MARKER}`, `host ${MARKER}`, `-a ${MARKER}`, `~/${MARKER}\0`],
  ),
  fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })).map(([a, b]) => `${a}://u:${MARKER}@${b}`),
  fc
    .string({
      unit: fc.constantFrom('\n', '\r', '#', '"', "'", '`', '=', ':', ' ', '\\', '$', '{', '\ufeff', '\ud800'),
    })
    .map((text) => `${text}${MARKER}:${text}`),
);

/** For a command without any: the words and `.env` are left. */
const NONE: Setting = { flag: '--none', words: '' };

type Source = (
  setting: Setting,
  text: string,
) => { readonly words?: readonly string[]; readonly real?: NodeJS.ProcessEnv; readonly dotenv?: string };

const nameOf = ({ flag }: Setting): string => /--[\w-]+/.exec(flag)?.[0] ?? flag;
const variableOf = ({ variable = 'REDISPASS' }: Setting): string => variable;

const SOURCES: Readonly<Record<string, Source>> = {
  'a flag': (setting, text) => ({ words: [nameOf(setting), text] }),
  'a flag with =': (setting, text) => ({ words: [`${nameOf(setting)}=${text}`] }),
  'a word': (_setting, text) => ({ words: [text] }),
  'a variable': (setting, text) => ({ real: { [variableOf(setting)]: text.replaceAll('\0', '') } }),
  '.env': (setting, text) => ({ dotenv: `${variableOf(setting)}=${text}` }),
  '.env in quotes': (setting, text) => ({ dotenv: `export ${variableOf(setting)}="${text}"` }),
  '.env with a colon': (setting, text) => ({ dotenv: `${variableOf(setting)}: ${text}` }),
  '.env without =': (setting, text) => ({ dotenv: `\ufeff# ${text}\n${variableOf(setting)} ${text}` }),
};

function entries(table: CommandTable, path: readonly string[] = []): (readonly [readonly string[], CommandEntry])[] {
  return Object.entries(table).flatMap(([name, entry]) =>
    isGroup(entry) ? entries(entry.commands, [...path, name]) : [[[...path, name], entry] as const],
  );
}

describe('a hostile value', () => {
  it.each(entries(COMMANDS).map(([path, entry]) => [path.join(' '), path, entry] as const))(
    'of any setting of %s is refused without a word of it, or used: it is never a bug',
    async (_title, path, entry) => {
      const { settings } = await entry.load();
      const withValue = Object.entries<Setting>(settings).filter(([, { rule }]) => rule);
      const some = new Map<string, Setting>(withValue.length > 0 ? withValue : [['none', NONE]]);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...some.keys()),
          fc.constantFrom(...Object.keys(SOURCES)),
          hostile,
          async (name, from, text) => {
            const { words = [], real = {}, dotenv = '' } = SOURCES[from]?.(some.get(name) ?? NONE, text) ?? {};
            writeFileSync(join(folder, '.env'), dotenv);
            const { said, problem } = await call([...path, ...words], { REDISHOST: 'host', ...real });
            expect(said).not.toContain(MARKER);
            expect(problem?.code).not.toBe('bug');
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});
