/** The type of an option, and the options that every command has. No rules, because the list of commands needs none. */
import type { GenericSchema } from 'valibot';

/** A setting as a person gives it: on the command line, in the environment or in .env, in this order of precedence. */
export interface Setting<T = unknown> {
  /** As commander writes it: `--port <port>`. */
  readonly flag: string;
  readonly variable?: string;
  readonly words: string;
  readonly fallback?: string;
  /** Reads the text; its message completes "… must be". Absent: the flag is a switch. */
  readonly rule?: GenericSchema<string, T>;
  readonly repeatable?: true;
}

/** The values of a table of settings: the output of each rule, or undefined without a value and a default. */
export type Values<S extends Record<string, Setting>> = {
  readonly [Name in keyof S]: S[Name] extends { rule: GenericSchema<string, infer T> }
    ? S[Name] extends { repeatable: true }
      ? readonly T[]
      : S[Name] extends { fallback: string }
        ? T
        : T | undefined
    : boolean;
};

export const common = {
  json: { flag: '--json', words: 'print one JSON document on stdout' },
  quiet: { flag: '-q, --quiet', words: 'say nothing on stderr but errors' },
  input: { flag: '--no-input', words: 'ask nothing; name the flag that answers instead' },
  color: { flag: '--no-color', words: 'no colours (also NO_COLOR)' },
} as const satisfies Record<string, Setting>;

/** Handled by commander itself, for every command and group. */
export const helpOption = { flag: '-h, --help', words: 'show help' } as const satisfies Setting;
