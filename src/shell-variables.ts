/** Variables as each shell sets them, for `eval "$(redisdemo env)"` and its relatives. */
import { quote } from './plan/shell.ts';

type Render = (variables: readonly (readonly [string, string])[]) => string;

const eachLine =
  (render: (name: string, value: string) => string): Render =>
  (variables) =>
    variables.map(([name, value]) => `${render(name, value)}\n`).join('');

const SHELLS = {
  sh: eachLine((name, value) => `export ${name}=${quote(value)}`),
  // In fish's single quotes only \ and ' are special: https://fishshell.com/docs/current/language.html#quotes
  fish: eachLine((name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`),
  // https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
  powershell: eachLine((name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`),
  // `set "NAME=value"` takes everything up to the last quote; only % would be expanded in a batch file.
  cmd: eachLine((name, value) => `set "${name}=${value.replaceAll('%', '%%')}"`),
  // As Node and docker compose read it: single quotes are literal, and double ones serve a value that holds one.
  dotenv: eachLine((name, value) => `${name}=${dotenvValue(value)}`),
  json: (variables) => `${JSON.stringify(Object.fromEntries(variables), null, 2)}\n`,
} as const satisfies Record<string, Render>;

export type Shell = keyof typeof SHELLS;

export function renderVariables(shell: Shell, variables: Readonly<Record<string, string>>): string {
  return SHELLS[shell](Object.entries(variables));
}

function dotenvValue(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate)) ?? "'";
  return mark + value + mark;
}
