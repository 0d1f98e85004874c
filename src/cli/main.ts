/** The composition root: systems, program, and from an error to words and an exit code. */
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { findHome, homeRemarks } from '../home.ts';
import { Problem } from '../problem.ts';
import type { Result } from '../report.ts';
import { isGroup, type CommandTable } from './command-spec.ts';
import { COMMANDS } from './commands.ts';
import { loadEnvironment } from './environment.ts';
import { failure, success } from './json-output.ts';
import { out } from './output.ts';
import { common } from './setting.ts';
import { createProgram, type Run } from './program.ts';
import { stopOnSignals } from './signals.ts';

/** Those that every command has. */
const SWITCHES: ReadonlySet<string> = new Set(Object.values(common).flatMap(({ flag }) => flag.split(', ')));

/** Set by the build. */
declare const REDISDEMO_VERSION: string;

const { argv, env } = process;
const asJson = argv.includes('--json');
let documentPrinted = false;
const LEAVE_QUESTIONS: ReadonlySet<string> = new Set(['interrupted', 'terminated', 'timeout']);

const run: Run = async ({ quiet, color, input }, work) => {
  const [{ createReporter }, { openSystems }] = await Promise.all([
    import('./reporter.ts'),
    import('./open-systems.ts'),
  ]);
  const report = createReporter({ quiet, color, environment: env });
  const signal = stopOnSignals(report);
  for (const remark of [...homeRemarks(env), ...tlsRemarks()]) report.say(remark, 'note');
  const finish = (result: Result, problem?: Problem): void => {
    if (asJson) printDocument(problem ? failure(problem, result.data) : success(result.data));
    else report.result(result);
    if (problem) throw problem;
  };
  await work({
    systems: openSystems(env, signal),
    environment: env,
    places: {
      home: findHome(env),
      built: dirname(import.meta.dirname),
      version: REDISDEMO_VERSION,
    },
    report,
    signal,
    confirm: async (question, flag) => (await import('./confirm.ts')).confirm(question, flag, { input, signal }),
    finish,
  });
};

void main();

/** Every system verifies certificates anyway. Without the variable, Node does not claim the opposite. */
function tlsRemarks(): readonly string[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  delete env['NODE_TLS_REJECT_UNAUTHORIZED'];
  return ['NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always verified'];
}

async function main(): Promise<void> {
  try {
    assertCurrentFolder();
    loadEnvironment();
    const line = commandFirst(argv.slice(2));
    const program = await createProgram(REDISDEMO_VERSION, run, line);
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) await explain(asProblem(error));
  }
}

/** Most of Node fails where the current folder was deleted, and programs that are started would run there. */
function assertCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new Problem('bad_setting', {
      message: `The current folder cannot be used: it was deleted, or is not accessible (${(error as NodeJS.ErrnoException).code ?? ''}).`,
      hint: 'Change to another folder: cd',
    });
  }
}

/** Flags in any order, and help for a command of a group: commander wants a command first, and knows help for a word. */
function commandFirst(words: readonly string[]): readonly string[] {
  if (words.length === 0) return ['--help'];
  const [first = '', ...asked] = words;
  // `help tuor` is refused like `tuor`.
  if (first === 'help' && asked[0] !== undefined && !asked[0].startsWith('-'))
    return commandWords(asked).length > 0 ? [...asked, '--help'] : asked;
  // For an unknown command with --help, commander would print the help of the program.
  if (first !== 'help' && !first.startsWith('-') && commandWords(words).length === 0)
    return words.filter((word) => word !== '--help' && word !== '-h');
  const command = words.findIndex((word) => !SWITCHES.has(word));
  return command <= 0 ? words : [...words.slice(command), ...words.slice(0, command)];
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommanderError && error.code === 'commander.help') return commandMissing();
  if (error instanceof CommanderError) {
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    const hint =
      suggestion?.replace(/^\((.*)\)$/, '$1') ??
      `See: redisdemo ${[...commandWords(argv.slice(2)), '--help'].join(' ')}`;
    return new Problem('bad_usage', { message: message.charAt(0).toUpperCase() + message.slice(1), hint });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Problem('bug', {
    message: `This is a bug in redisdemo.\n${stack}`,
    hint: 'Please report it with these lines.',
  });
}

/** A group without one of its commands. */
function commandMissing(): Problem {
  const group = ['redisdemo', ...commandWords(argv.slice(2))].join(' ');
  return new Problem('bad_usage', {
    message: `"${group}" needs one of its commands.`,
    hint: `See them: ${group} --help`,
  });
}

/** The leading words that name a group or a command. */
function commandWords(words: readonly string[]): readonly string[] {
  const known: string[] = [];
  let table: CommandTable = COMMANDS;
  for (const word of words) {
    const entry = Object.hasOwn(table, word) ? table[word] : undefined;
    if (entry === undefined) break;
    known.push(word);
    table = isGroup(entry) ? entry.commands : {};
  }
  return known;
}

async function explain(problem: Problem): Promise<void> {
  process.exitCode = problem.exitCode;
  if (asJson && !documentPrinted) printDocument(failure(problem, problem.details));
  else {
    const { createReporter } = await import('./reporter.ts');
    createReporter({ quiet: false, color: !argv.includes('--no-color'), environment: env }).problem(problem);
  }
  // All that must end has ended. A question that nobody answers, or not in time, would keep the process.
  if (LEAVE_QUESTIONS.has(problem.code)) out.flush(() => process.exit());
}

function printDocument(text: string): void {
  documentPrinted = true;
  out.write(text);
}
