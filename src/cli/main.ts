/** The composition root: systems, program, and from an error to words and an exit code. */
import { CommanderError } from 'commander';
import { dirname } from 'node:path';
import { commandsOf } from '../commands/commands.ts';
import { isInterruption, Problem, type ProblemCode } from '../problem.ts';
import type { Result } from '../report.ts';
import { STAGES } from '../stages.ts';
import type { Run } from './equip.ts';
import { failure, jsonText, success } from './json-output.ts';
import { err, out } from './output.ts';
import { createProgram } from './program.ts';
import { stopOnSignals } from './signals.ts';
import { asProblem, commandFirst } from './usage.ts';

/** Set by the build. */
declare const REDISDEMO_VERSION: string;

const { argv, env } = process;
const commands = commandsOf(STAGES);
const asJson = argv.includes('--json');
let documentPrinted = false;
const LEAVE_QUESTIONS: ReadonlySet<ProblemCode> = new Set(['timeout', 'retries_exhausted', 'unfinished', 'unproven']);

const run: Run = async ({ quiet, color, input }, { read, work }) => {
  // An unknown command needs none of these modules, and one with a bad value needs only these.
  const [{ createReporter }, { loadEnvironment, settingNames }] = await Promise.all([
    import('./reporter.ts'),
    import('../command/environment.ts'),
  ]);
  const report = createReporter({ quiet, color, environment: env });
  const signal = stopOnSignals(report);
  const names = settingNames(STAGES);
  const environment = loadEnvironment(env, names);
  for (const remark of [...tlsRemarks(), ...environment.remarks]) report.say(remark, 'note');
  const values = read(environment.variables);
  const [{ openSystems }, { findHome, homeRemarks }] = await Promise.all([
    import('./open-systems.ts'),
    import('../home.ts'),
  ]);
  for (const remark of homeRemarks(env)) report.say(remark, 'note');
  // eslint-disable-next-line no-console -- replaced, not called: ioredis warns about settings there despite --quiet
  console.warn = (text: string) => {
    report.say(text.replace(/^\[\w+\] /, ''), 'note');
  };
  let drawn = Promise.resolve();
  const finish = (result: Result, problem?: Problem): void => {
    if (asJson) printDocument(problem ? failure(problem, result.data) : success(result.data));
    else drawn = report.result(result);
    if (problem) throw problem;
  };
  const show = (part: Result): void => {
    if (asJson) printDocument(jsonText(part.data));
    else drawn = report.result(part);
  };
  await work(values, {
    systems: openSystems(environment, signal),
    environment: environment.variables,
    settingNames: names,
    places: { home: findHome(env), built: dirname(import.meta.dirname), version: REDISDEMO_VERSION },
    report,
    signal,
    confirm: async (question, flag) => (await import('./confirm.ts')).confirm(question, flag, { input, signal }),
    show,
    finish,
  }).finally(() => drawn);
};

// undici calls its SOCKS client experimental, which concerns those who chose the library, not users.
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') err.write(`${name}: ${message}\n`);
});
void main();

/** Every system verifies certificates anyway. Removing the variable keeps Node from warning of the opposite. */
function tlsRemarks(): readonly string[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  delete env['NODE_TLS_REJECT_UNAUTHORIZED'];
  return ['NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always verified'];
}

async function main(): Promise<void> {
  try {
    assertCurrentFolder();
    const line = commandFirst(argv.slice(2), commands);
    const program = await createProgram(commands, { version: REDISDEMO_VERSION, run, line });
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0))
      await explain(asProblem(error, argv.slice(2), commands));
  }
}

/** Most of Node fails in a deleted folder, and child programs would run there. */
function assertCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new Problem('bad_file', {
      message: `The current folder cannot be used: it was deleted, or is not accessible (${(error as NodeJS.ErrnoException).code ?? ''}).`,
      hint: 'Change to another folder: cd',
    });
  }
}

async function explain(problem: Problem): Promise<void> {
  process.exitCode = problem.exitCode;
  if (asJson && !documentPrinted) printDocument(failure(problem, problem.details));
  else {
    const { createReporter } = await import('./reporter.ts');
    createReporter({ quiet: false, color: !argv.includes('--no-color'), environment: env }).problem(problem);
  }
  // Everything that must end has ended. A pending request would keep the process alive.
  if (isInterruption(problem) || LEAVE_QUESTIONS.has(problem.code)) out.flush(() => process.exit());
}

function printDocument(text: string): void {
  documentPrinted = true;
  out.write(text);
}
