/** The options of all commands, each as often as commands have it. */
import { isGroup, type CommandTable } from '../../src/command/command-spec.ts';
import { commandsOf } from '../../src/commands/commands.ts';
import { STAGES } from '../../src/stages.ts';
import { common, type Setting } from '../../src/command/setting.ts';

export async function allSettings(): Promise<readonly Setting[]> {
  return [...(await settingsOf(commandsOf(STAGES))), ...Object.values(common)];
}

async function settingsOf(table: CommandTable): Promise<readonly Setting[]> {
  const entries = await Promise.all(
    Object.values(table).map(async (entry) =>
      isGroup(entry) ? settingsOf(entry.commands) : Object.values((await entry.load()).settings),
    ),
  );
  return entries.flat();
}
