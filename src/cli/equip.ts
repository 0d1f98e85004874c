import { Option, type Command } from 'commander';
import type { CommandSpec } from '../command/command-spec.ts';
import type { Invocation } from '../command/invocation.ts';
import { common, helpOption, type Setting, type Values } from '../command/setting.ts';
import { readValues, type Given } from '../command/values.ts';

/** What a command does with the environment of its call. */
interface Called {
  /** The values of its settings, read before any system is opened. Throws a Problem. */
  readonly read: (environment: NodeJS.ProcessEnv) => unknown;
  readonly work: (values: unknown, invocation: Invocation) => Promise<unknown>;
}

/** Runs a command. @param values those of the settings that all commands share */
export type Run = (values: Values<typeof common>, called: Called) => Promise<void>;

/**
 * Gives a command of commander its words, its flags and its work. Loaded for the command that is called. Each command has
 * the global options itself, because commander's own would misread some lines (docs/adr/0020).
 */
export function equip(command: Command, { description, settings, work }: CommandSpec, run: Run): void {
  command.description(description);
  for (const setting of Object.values(settings)) command.addOption(option(setting));
  command.optionsGroup('Global options:').helpOption(helpOption.flag, helpOption.words);
  for (const setting of Object.values(common)) command.addOption(option(setting));
  command.action(async () => {
    const given = command.opts<Given & Values<typeof common>>();
    const help = `${fullName(command)} --help`;
    await run(given, {
      read: (environment) => ({ ...given, ...readValues(settings, given, { environment, help }) }),
      // Their types come from the same settings: commands.ts holds the two together.
      work: (values, invocation) => work(values as never, invocation, command.args),
    });
  });
}

/**
 * commander finds the texts, and values.ts reads them: commander's own messages show the value, and it would look into the
 * environment of this process, where what `.env` sets is not.
 */
function option({ flag, variable, words, fallback, repeatable }: Setting): Option {
  const more = [
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(variable === undefined ? [] : [`env: ${variable}`]),
  ];
  const made = new Option(flag, more.length === 0 ? words : `${words} (${more.join(', ')})`);
  return repeatable ? made.argParser((text, before?: readonly string[]) => [...(before ?? []), text]) : made;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
