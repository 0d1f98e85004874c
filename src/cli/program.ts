/** From the table of commands to a commander tree. */
import { Command, InvalidArgumentError, Option } from 'commander';
import * as v from 'valibot';
import { COMMANDS, GROUPS, type CommandSpec } from './commands.ts';
import type { Invocation } from './invocation.ts';
import { common, type Setting, type Values } from './options.ts';

/** Runs a command's work with an invocation made from the values that all commands share. */
export type Run = (values: Values<typeof common>, work: (invocation: Invocation) => Promise<unknown>) => Promise<void>;

const HELP_COLUMNS = 80;

export function createProgram(version: string, run: Run): Command {
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
    const [first = '', second] = spec.name.split(' ');
    if (second === undefined) declare(program, first, spec, run);
    else declare(groupOf(program, groups, first), second, spec, run);
  }
  return program;
}

function groupOf(program: Command, groups: Map<string, Command>, name: string): Command {
  const there = groups.get(name);
  if (there) return there;
  const made = program
    .command(name)
    .summary(GROUPS[name] ?? '')
    .description(GROUPS[name] ?? '')
    .copyInheritedSettings(program);
  groups.set(name, made);
  return made;
}

function declare(parent: Command, name: string, spec: CommandSpec, run: Run): void {
  const { summary, description, argument, settings, work } = spec;
  const command = parent
    .command(name)
    .summary(summary)
    .description(description)
    .allowExcessArguments(false)
    .copyInheritedSettings(parent);
  if (argument) command.argument(argument.name, argument.words);
  for (const setting of Object.values({ ...settings, ...common })) command.addOption(option(setting));
  command.action(async () => {
    const values = command.opts<Values<typeof common>>();
    // Their types come from the same settings: commands.ts holds the two together.
    await run(values, (invocation) => work(values as never, invocation, command.args));
  });
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
  const words = command.registeredArguments.map((argument) => `<${argument.name()}>`);
  const subs = command.commands.map((sub) => sub.name()).filter((name) => name !== 'help');
  return [command.name(), ...words, ...(subs.length > 0 ? [subs.join('|')] : [])].join(' ');
}
