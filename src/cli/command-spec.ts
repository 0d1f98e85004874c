import type { Invocation } from './invocation.ts';
import type { common, Setting, Values } from './options.ts';

type Settings = Readonly<Record<string, Setting>>;

export interface CommandSpec {
  /** One word, or a group and its words. */
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  readonly description: string;
  readonly argument?: { readonly name: string; readonly words: string };
  readonly settings: Settings;
  readonly work: (values: never, invocation: Invocation, args: readonly string[]) => Promise<void>;
}

interface TypedSpec<S extends Settings> extends Omit<CommandSpec, 'settings' | 'work'> {
  readonly settings: S;
  readonly work: (values: Values<S & typeof common>, invocation: Invocation, args: readonly string[]) => Promise<void>;
}

/** Holds the types of a command's settings and of its work together. */
export const command = <S extends Settings>(spec: TypedSpec<S>): CommandSpec => spec;
