/** The composition root: systems, program, and from an error to words and an exit code. */
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { findHome } from '../home.ts';
import { Problem } from '../problem.ts';
import type { Result } from '../report.ts';
import { loadEnvironment } from './environment.ts';
import { failure, success } from './json-output.ts';
import { createProgram, type Run } from './program.ts';
import { stopOnSignals } from './signals.ts';

/** Set by the build. */
declare const REDISDEMO_VERSION: string;

const { argv, env, stdout } = process;
const asJson = argv.includes('--json');
let documentPrinted = false;

const run: Run = async ({ quiet, color }, work) => {
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
    systems: openSystems(env),
    environment: env,
    places: {
      home: findHome(env),
      built: fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, ''),
      version: REDISDEMO_VERSION,
    },
    report,
    signal,
    confirm: (question, flag) => confirm(question, flag, signal),
    finish,
  });
};

try {
  // `redisdemo | head` is no fault of ours, and nobody who reads the progress is no reason to stop.
  process.stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  loadEnvironment();
  await createProgram(REDISDEMO_VERSION, run).parseAsync(argv.length > 2 ? argv : [...argv, '--help']);
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) await explain(asProblem(error));
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommanderError) {
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    const command = argv.slice(2).find((word) => /^[a-z]+$/.test(word) && !suggestion);
    const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? `See: redisdemo ${command ?? ''} --help`.replace('  ', ' ');
    return new Problem('bad_usage', { message: message.charAt(0).toUpperCase() + message.slice(1), hint });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Problem('bug', {
    message: `This is a bug in redisdemo.\n${stack}`,
    hint: 'Please report it with these lines.',
  });
}

async function explain(problem: Problem): Promise<void> {
  process.exitCode = problem.exitCode;
  if (asJson && !documentPrinted) printDocument(failure(problem, problem.details));
  else {
    const { createReporter } = await import('./reporter.ts');
    createReporter({ quiet: false, color: !argv.includes('--no-color'), environment: env }).problem(problem);
  }
}

function printDocument(text: string): void {
  documentPrinted = true;
  stdout.write(text);
}
