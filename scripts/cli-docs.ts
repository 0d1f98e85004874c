/** Writes docs/cli.md from the commander tree. `npm run docs`; a test compares. */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { equip } from '../src/cli/equip.ts';
import { createProgram } from '../src/cli/program.ts';
import { commandsOf } from '../src/commands/commands.ts';
import { STAGES } from '../src/stages.ts';
import { HELP_COLUMNS } from './help-texts.ts';
import { EXIT_CODES, PROBLEM_CODES } from '../src/problem.ts';

type Exit = keyof typeof EXIT_CODES;

const EXIT_WORDS: Readonly<Record<Exit, string>> = {
  ok: 'it worked',
  failure: 'it failed',
  usage: 'wrong words, flags or settings',
  missing: 'something is missing on this machine or in the database',
  permission: 'credentials or permission',
  conflict: 'a conflict: a port is taken, a thing is not ours',
  timeout: 'a wait reached its limit',
  smokeFailed: 'the smoke test failed',
  rolledBack: 'rolled back',
  leftBehind: 'something could not be removed',
  hungUp: 'the terminal was closed (SIGHUP)',
  interrupted: 'interrupted (Ctrl-C)',
  terminated: 'terminated (SIGTERM)',
};

export async function cliDocs(): Promise<string> {
  const program = await createProgram(commandsOf(STAGES), { version: '0.0.0', run: () => Promise.resolve() });
  return [
    '# The command line',
    '',
    'Written by `npm run docs` from the program itself.',
    '',
    'A value is taken from the flag, else from the environment, else from `.env` in the current folder, else it is the',
    'default. An empty variable counts as not set. stdout carries the result only; everything else goes to stderr.',
    '`.env` sets the variables listed here and nothing else, also not for programs that redisdemo starts; it can be UTF-8 or',
    'UTF-16, and an unquoted `#` ends a value. Passwords and certificates come from a variable, a file or a pipe',
    '(`--password-file <(pass show redis)`); one byte order mark at the beginning and line breaks at the end are ignored.',
    'With `--json`, stdout is one document: `{"ok":true,"data":…}` or',
    '`{"ok":false,"error":{"code","message","hint","details"}}`.',
    '',
    ...section(program),
    '## Global options',
    '',
    'Every command also has these.',
    '',
    ...block(globalOptions()),
    ...leaves(program).flatMap(section),
    '## Exit codes',
    '',
    '| exit code | meaning |',
    '| --- | --- |',
    ...Object.entries(EXIT_WORDS).map(([exit, words]) => `| ${String(EXIT_CODES[exit as Exit])} | ${words} |`),
    '',
    '`redisdemo serve` that SIGTERM or SIGHUP stops exits 0 once it has finished what was in flight.',
    '',
    '## Error codes',
    '',
    'With `--json`, `error.code` is one of these:',
    '',
    '| error code | exit code | meaning |',
    '| --- | --- | --- |',
    ...Object.entries(PROBLEM_CODES).map(
      ([code, [exit, meaning]]) => `| \`${code}\` | ${String(EXIT_CODES[exit])} | ${meaning} |`,
    ),
    '',
  ].join('\n');
}

function leaves(command: Command): Command[] {
  return command.commands.flatMap((sub) => (sub.commands.length > 0 ? leaves(sub) : [sub]));
}

/** Without the global options, which have a section of their own. */
function section(command: Command): string[] {
  command.configureHelp({ ...command.configureHelp(), helpWidth: HELP_COLUMNS });
  const [own = ''] = command.helpInformation().split('\nGlobal options:');
  return [`## \`${fullName(command)}\``, '', ...block(own)];
}

function globalOptions(): string {
  const command = new Command().helpOption(false);
  equip(command, { description: '', settings: {}, work: () => Promise.resolve() }, () => Promise.resolve());
  const [, options = ''] = command.helpInformation().split('Global options:\n');
  return options;
}

function block(text: string): string[] {
  return ['```text', text.trimEnd(), '```', ''];
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(new URL('../docs/cli.md', import.meta.url), await cliDocs());
}
