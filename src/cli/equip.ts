import { Option, type Command } from 'commander';
import type { CommandSpec } from '../command/command-spec.ts';
import type { Invocation } from '../command/invocation.ts';
import { common, helpOption, type Setting, type Values } from '../command/setting.ts';
import { readValues, type Given } from '../command/values.ts';

interface Called {
  /** The values of its settings, read before any system is opened. Throws a Problem. */
  readonly read: (environment: NodeJS.ProcessEnv) => unknown;
  readonly work: (values: unknown, invocation: Invocation) => Promise<unknown>;
}

export type Run = (values: Values<typeof common>, called: Called) => Promise<void>;

/** Each command has the global options itself, because commander's own would misread some lines (docs/adr/0020). */
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
      // command() in command-spec.ts keeps the types of settings and work together.
      work: (values, invocation) => work(values as never, invocation, command.args),
    });
  });
}

/** values.ts reads the texts: commander's own messages show the value, and its env() would not see what `.env` sets. */
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
