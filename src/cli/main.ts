/** The composition root: systems, program, and from an error to words and an exit code. */
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { findHome } from '../home.ts';
import { Problem } from '../problem.ts';
import type { Result } from '../report.ts';
import { COMMANDS } from './commands.ts';
import { loadEnvironment } from './environment.ts';
import { failure, success } from './json-output.ts';
import { common } from './options.ts';
import { createProgram, type Run } from './program.ts';
import { stopOnSignals } from './signals.ts';

/** Those that every command has. */
const SWITCHES: ReadonlySet<string> = new Set(Object.values(common).flatMap(({ flag }) => flag.split(', ')));

/** Set by the build. */
declare const REDISDEMO_VERSION: string;

const { argv, env, stdout } = process;
const asJson = argv.includes('--json');
let documentPrinted = false;
const LEAVE_QUESTIONS: ReadonlySet<string> = new Set(['interrupted', 'terminated', 'timeout']);

const run: Run = async ({ quiet, color, input }, work) => {
  const [{ createReporter }, { openSystems }, { confirm }] = await Promise.all([
    import('./reporter.ts'),
    import('./open-systems.ts'),
    import('./confirm.ts'),
  ]);
  const report = createReporter({ quiet, color, environment: env });
  const signal = stopOnSignals(report);
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
      built: fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, ''),
      version: REDISDEMO_VERSION,
    },
    report,
    signal,
    confirm: (question, flag) => confirm(question, flag, { input, signal }),
    finish,
  });
};

try {
  // `redisdemo | head` is no fault of ours, and nobody who reads the progress is no reason to stop.
  process.stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  loadEnvironment();
  const line = commandFirst(argv.slice(2));
  await createProgram(REDISDEMO_VERSION, run, line).parseAsync(line, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) await explain(asProblem(error));
}

/** Flags in any order, and help for a command of a group: commander wants a command first, and knows help for one word. */
function commandFirst(words: readonly string[]): readonly string[] {
  if (words.length === 0) return ['--help'];
  if (words[0] === 'help' && words.length > 2) return [...words.slice(1), '--help'];
  const first = words.findIndex((word) => !SWITCHES.has(word));
  return first <= 0 ? words : [...words.slice(first), ...words.slice(0, first)];
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommanderError && error.code === 'commander.help') return commandMissing();
  if (error instanceof CommanderError) {
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? `See: redisdemo ${[...commandWords(), '--help'].join(' ')}`;
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
  const group = ['redisdemo', ...commandWords()].join(' ');
  return new Problem('bad_usage', {
    message: `"${group}" needs one of its commands.`,
    hint: `See them: ${group} --help`,
  });
}

/** As much of what was typed as names a command or a group. */
function commandWords(): readonly string[] {
  const words = argv.slice(2);
  const isCommand = (length: number): boolean =>
    COMMANDS.some(({ name }) => `${name} `.startsWith(`${words.slice(0, length).join(' ')} `));
  const known = words.findIndex((_word, index) => !isCommand(index + 1));
  return known < 0 ? words : words.slice(0, known);
}

async function explain(problem: Problem): Promise<void> {
  process.exitCode = problem.exitCode;
  if (asJson && !documentPrinted) printDocument(failure(problem, problem.details));
  else {
    const { createReporter } = await import('./reporter.ts');
    createReporter({ quiet: false, color: !argv.includes('--no-color'), environment: env }).problem(problem);
  }
  // All that must end has ended. A question that nobody answers, or not in time, would keep the process.
  if (LEAVE_QUESTIONS.has(problem.code)) stdout.write('', () => process.exit());
}

function printDocument(text: string): void {
  documentPrinted = true;
  stdout.write(text);
}
