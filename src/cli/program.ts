/** From the table of commands to a commander tree. */
import { Command, InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import type { CommandSpec } from './command-spec.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import type { Invocation } from './invocation.ts';
import { common, type Setting, type Values } from './options.ts';

/** Runs a command's work with an invocation made from the values that all commands share. */
export type Run = (values: Values<typeof common>, work: (invocation: Invocation) => Promise<unknown>) => Promise<void>;

const HELP_COLUMNS = 80;
/** A group with more commands than fit names none. */
const SUBS_COLUMNS = 24;

/** @param line the words after `redisdemo`: only the command that they call has flags then. Without it all have. */
export function createProgram(version: string, run: Run, line?: readonly string[]): Command {
  const program = new Command('redisdemo')
    .description(
      'Takes a small Redis-backed REST service from a laptop to the cloud, stage by\nstage, and proves each stage with the same smoke test.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || HELP_COLUMNS, 100), subcommandTerm })
    .configureOutput({ writeErr: () => undefined })
    .exitOverride()
    .addHelpText('after', '\nStart with:  redisdemo tour');
  const groups = new Map<string, Command>();
  for (const spec of COMMANDS) {
    const words = spec.name.split(' ');
    const command = declare(groupOf(words.slice(0, -1), program, groups), words.at(-1) ?? '', spec);
    if (line === undefined || mayCall(words, line)) equip(command, spec, run);
  }
  return program;
}

/** `enterprise database` is a group in a group. */
function groupOf(words: readonly string[], program: Command, groups: Map<string, Command>): Command {
  if (words.length === 0) return program;
  const name = words.join(' ');
  const there = groups.get(name);
  if (there) return there;
  const parent = groupOf(words.slice(0, -1), program, groups);
  const made = parent
    .command(words.at(-1) ?? '')
    .summary(GROUPS[name] ?? '')
    .description(GROUPS[name] ?? '')
    .copyInheritedSettings(parent);
  groups.set(name, made);
  return made;
}

/** commander takes a flag before a command for one of its own, so a line begins with the command, or with help. */
function mayCall(words: readonly string[], line: readonly string[]): boolean {
  return line.includes('help') || line.includes('--') || words.every((word, at) => word === line[at]);
}

function declare(parent: Command, name: string, { summary, description, argument }: CommandSpec): Command {
  const command = parent
    .command(name)
    .summary(summary)
    .description(description)
    .allowExcessArguments(false)
    .copyInheritedSettings(parent);
  if (argument) command.argument(argument.name, argument.words);
  return command;
}

/** To give every command its flags would take as long as the rest of the start. */
function equip(command: Command, { settings, work }: CommandSpec, run: Run): void {
  for (const setting of Object.values({ ...settings, ...common })) command.addOption(option(setting));
  command.action(async () => {
    const values = { ...switchesOff(settings), ...command.opts<Values<typeof common>>() };
    // Their types come from the same settings: commands.ts holds the two together.
    await run(values, (invocation) => work(values as never, invocation, command.args));
  });
}

/** commander leaves out a switch that was not given. */
function switchesOff(settings: CommandSpec['settings']): Readonly<Record<string, false>> {
  const switches = Object.entries(settings).filter(([, { rule }]) => rule === undefined);
  return Object.fromEntries(switches.map(([name]) => [name, false]));
}

function option({ flag, variable, words, fallback, rule }: Setting): Option {
  const made = new Option(flag, words);
  if (variable !== undefined) made.env(variable);
  if (rule) {
    made.argParser((text) => {
      const result = v.safeParse(rule, text);
      if (!result.success) throw new InvalidArgumentError(`It must be ${result.issues[0].message}.`);
      return result.output;
    });
    if (fallback !== undefined) made.default(v.parse(rule, fallback), fallback);
  }
  return made;
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
