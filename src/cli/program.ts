import { Command } from 'commander';
import { isGroup, type CommandTable } from '../command/command-spec.ts';
import { helpOption } from '../command/setting.ts';
import type { Run } from './equip.ts';
import { out } from './output.ts';

interface Place {
  /** The groups around the table. */
  readonly path: readonly string[];
  /** Whether the command at this path gets its flags: giving all of them theirs would more than double the start-up. */
  readonly isCalled: (path: readonly string[]) => boolean;
  readonly run: Run;
}

const HELP_COLUMNS = 80;
/** A group with more commands than fit names none. */
const SUBS_COLUMNS = 24;

/** @param line the words after `redisdemo`: only the command that they call gets its flags. Without it all do. */
export async function createProgram(
  table: CommandTable,
  { version, run, line }: { readonly version: string; readonly run: Run; readonly line?: readonly string[] },
): Promise<Command> {
  const program = new Command('redisdemo')
    .description(
      'Takes a small Redis-backed REST service from a laptop to the cloud, stage by stage, and proves each stage with the same smoke test.',
    )
    .version(version, '--version', 'print the version')
    .helpOption(helpOption.flag, helpOption.words)
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ subcommandTerm })
    .configureOutput({
      writeOut: out.write,
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth(out.terminal?.columns ?? 0),
      // Help has no colors. Without this, commander opens stdout to find out.
      getOutHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', '\nStart with:  redisdemo tour');
  await addCommands(program, table, {
    path: [],
    isCalled: (path) => line === undefined || mayCall(path, line),
    run,
  });
  return program;
}

async function addCommands(parent: Command, table: CommandTable, { path, isCalled, run }: Place): Promise<void> {
  for (const [name, entry] of Object.entries(table)) {
    const command = parent.command(name).summary(entry.summary).copyInheritedSettings(parent);
    const here = [...path, name];
    if (isGroup(entry)) {
      await addCommands(command.description(entry.summary), entry.commands, { path: here, isCalled, run });
      continue;
    }
    command.allowExcessArguments(false);
    if (entry.argument) command.argument(entry.argument.name, entry.argument.words);
    if (!isCalled(here)) continue;
    const [spec, { equip }] = await Promise.all([entry.load(), import('./equip.ts')]);
    equip(command, spec, run);
  }
}

/** commander takes a flag before a command for its own, so a line begins with the command or with help. */
function mayCall(path: readonly string[], line: readonly string[]): boolean {
  return line.includes('help') || line.includes('--') || path.every((word, at) => word === line[at]);
}

/** @param columns 0 without a terminal, or when the terminal does not report its width */
function helpWidth(columns: number): number {
  return columns === 0 ? HELP_COLUMNS : Math.min(columns, 100);
}

/** Without "[options]": every command has some. */
function subcommandTerm(command: Command): string {
  const words = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const subs = command.commands.map((sub) => sub.name()).filter((name) => name !== 'help');
  const listed = subs.join('|');
  return [command.name(), ...words, ...(listed === '' ? [] : [listed.length > SUBS_COLUMNS ? '…' : listed])].join(' ');
}
