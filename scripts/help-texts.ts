import type { Command } from 'commander';
import { createProgram } from '../src/cli/program.ts';
import { commandsOf } from '../src/commands/commands.ts';
import { STAGES } from '../src/stages.ts';

/** Of a terminal that does not say how wide it is, and of a pipe. */
export const HELP_COLUMNS = 80;

/** What `--help` prints, by the words before it: `''`, `stack`, `stack up`. */
export async function helpTexts(version: string): Promise<Readonly<Record<string, string>>> {
  const program = await createProgram(commandsOf(STAGES), { version, run: () => Promise.resolve() });
  return Object.fromEntries(textsOf(program, []));
}

function textsOf(command: Command, path: readonly string[]): (readonly [path: string, text: string])[] {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => HELP_COLUMNS,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return [[path.join(' '), text], ...command.commands.flatMap((sub) => textsOf(sub, [...path, sub.name()]))];
}
