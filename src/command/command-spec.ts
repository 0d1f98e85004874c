import type { Invocation } from './invocation.ts';
import type { common, Setting, Values } from './setting.ts';

type Settings = Readonly<Record<string, Setting>>;

export type CommandTable = Readonly<Record<string, CommandEntry | CommandGroup>>;

/** A command as the list of commands shows it. The rest is loaded when the command is called. */
export interface CommandEntry {
  readonly summary: string;
  readonly argument?: { readonly name: string; readonly words: string };
  readonly load: () => Promise<CommandSpec>;
}

export interface CommandGroup {
  readonly summary: string;
  readonly commands: CommandTable;
}

export const isGroup = (entry: CommandEntry | CommandGroup): entry is CommandGroup => 'commands' in entry;

export interface CommandSpec {
  readonly description: string;
  readonly settings: Settings;
  readonly work: (values: never, invocation: Invocation, args: readonly string[]) => Promise<void>;
}

interface TypedSpec<S extends Settings> extends Omit<CommandSpec, 'settings' | 'work'> {
  readonly settings: S;
  readonly work: (values: Values<S & typeof common>, invocation: Invocation, args: readonly string[]) => Promise<void>;
}

/** Holds the types of a command's settings and of its work together. */
export const command = <S extends Settings>(spec: TypedSpec<S>): CommandSpec => spec;
