/** What a benchmark may be told. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export interface NumberOption {
  readonly words: string;
  readonly fallback: number;
  readonly least: number;
  readonly whole?: boolean;
}

export type Options<Name extends string> = Readonly<Record<Name, number>> & { readonly json: boolean };

/** Ends the process with 2 and the usage when something is wrong. */
export function readOptions<Name extends string>(
  script: string,
  numbers: Readonly<Record<Name, NumberOption>>,
): Options<Name> {
  const named = Object.entries<NumberOption>(numbers);
  const texts: ParseArgsOptionsConfig = Object.fromEntries(named.map(([name]) => [name, { type: 'string' }]));
  const options: ParseArgsOptionsConfig = { ...texts, json: { type: 'boolean' } };
  try {
    const { values } = parseArgs({ options });
    const read = named.map(([name, option]) => [name, readNumber(name, option, values[name])] as const);
    return { ...(Object.fromEntries(read) as Record<Name, number>), json: values['json'] === true };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage(script, named)}`);
    process.exit(2);
  }
}

function readNumber(name: string, { fallback, least, whole }: NumberOption, text: unknown): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (number >= least && (!whole || Number.isInteger(number))) return number;
  throw new Error(`--${name} must be a ${whole ? 'whole ' : ''}number from ${String(least)}`);
}

function usage(script: string, named: readonly (readonly [string, NumberOption])[]): string {
  const flags = named.map(([name, { fallback }]) => `[--${name} ${String(fallback)}] `);
  const lines = named.map(([name, { words }]) => `  --${name.padEnd(8)}  ${words}\n`);
  return `npm run ${script} -- ${flags.join('')}[--json]\n${lines.join('')}  --json      one JSON document with every figure of every round\n`;
}
