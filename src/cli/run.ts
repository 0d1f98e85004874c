import type { Invocation } from '../command/invocation.ts';
import type { common, Values } from '../command/setting.ts';

/** What a command does with the environment of its call. */
export interface Called {
  /** The values of its settings, read before any system is opened. Throws a Problem. */
  readonly read: (environment: NodeJS.ProcessEnv) => unknown;
  readonly work: (values: unknown, invocation: Invocation) => Promise<unknown>;
}

/** Runs a command. @param values those of the settings that all commands share */
export type Run = (values: Values<typeof common>, called: Called) => Promise<void>;
