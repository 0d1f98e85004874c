import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import type { CommandSpec } from './command-spec.ts';
import type { Run } from './program.ts';
import { common, type Setting, type Values } from './setting.ts';

/** Gives a command of commander its words, its flags and its work. Loaded for the command that is called. */
export function equip(command: Command, { description, settings, work }: CommandSpec, run: Run): void {
  command.description(description);
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
