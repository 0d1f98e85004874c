/** Variables in the form of each shell and file reader, for `eval "$(redisdemo env)"` and the like. */
import { quote } from './shell.ts';
import { Problem } from '../problem.ts';

type Render = (variables: readonly (readonly [string, string])[], unset: readonly string[]) => string;

const lines =
  (set: (name: string, value: string) => string, unset: (name: string) => string | undefined): Render =>
  (variables, names) =>
    [...names.map(unset).filter((line) => line !== undefined), ...variables.map(([name, value]) => set(name, value))]
      .map((line) => `${line}\n`)
      .join('');

const fileOf = (render: (name: string, value: string) => string): Render =>
  lines(
    (name, value) => `${name}=${render(name, value)}`,
    () => undefined,
  );

const SHELLS = {
  sh: lines(
    (name, value) => `export ${name}=${quote(value)}`,
    (name) => `unset ${name}`,
  ),
  // In fish's single quotes only \ and ' are special: https://fishshell.com/docs/current/language.html#quotes
  fish: lines(
    (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`,
    (name) => `set -e ${name}`,
  ),
  powershell: lines(
    (name, value) => `$env:${name} = ${powershellValue(value)}`,
    (name) => `$env:${name} = $null`,
  ),
  cmd: lines(
    (name, value) => `set "${name}=${cmdValue(name, value)}"`,
    (name) => `set "${name}="`,
  ),
  dotenv: fileOf(dotenvValue),
  docker: fileOf(dockerValue),
  json: (variables) => `${JSON.stringify(Object.fromEntries(variables), null, 2)}\n`,
} as const satisfies Record<string, Render>;

export type Shell = keyof typeof SHELLS;

/** @param unset variables to remove from the shell */
export function renderVariables(
  shell: Shell,
  variables: Readonly<Record<string, string>>,
  unset: readonly string[] = [],
): string {
  return SHELLS[shell](Object.entries(variables), unset);
}

/**
 * PowerShell takes four typographic quotes for single ones, too (CharTraits.cs, IsSingleQuote). A line break would be
 * lost on the way through `| Invoke-Expression`, which is given one line after the other.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
function powershellValue(value: string): string {
  const quoted = value.replace(/['\u2018-\u201b]/g, '$&$&');
  return `'${quoted.replaceAll('\n', '\'+"`n"+\'').replaceAll('\r', '\'+"`r"+\'')}'`;
}

/**
 * For a batch file, where % is doubled: `set "NAME=value"` takes everything up to the last quote. Behind a quote in the
 * value the rest counts as unquoted, and its operators need a caret, up to the next one.
 * https://learn.microsoft.com/windows-server/administration/windows-commands/cmd#remarks
 */
function cmdValue(name: string, value: string): string {
  if (/[\r\n]/.test(value)) throw cannotBeWritten(name, 'cmd');
  const parts = value.replaceAll('%', '%%').split('"');
  return parts.map((part, index) => (index % 2 === 0 ? part : part.replace(/[&|<>^()]/g, '^$&'))).join('"');
}

/**
 * What Node, dotenv, python-dotenv, docker compose and sh read alike. In single quotes a backslash escapes for some of
 * them if another one or the closing quote follows it; in double quotes $, ` and \\ are special for some. python-dotenv
 * replaces ${NAME} in any quotes, and only Node and dotenv know backticks as quotes.
 * https://nodejs.org/api/environment_variables.html#env-files; https://github.com/theskumar/python-dotenv (parser.py,
 * variables.py); https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
 */
function dotenvValue(name: string, value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  if (value.includes('\r') || value.includes('${')) throw cannotBeWritten(name, 'dotenv');
  if (!/'|\\(?:\\|$)/.test(value)) return `'${value}'`;
  if (!/["\\$`]/.test(value)) return `"${value}"`;
  throw cannotBeWritten(name, 'dotenv');
}

/** The longest line that Go's bufio.Scanner takes, with its line break: https://pkg.go.dev/bufio#pkg-constants. */
const DOCKER_LINE_BYTES = 65_536;

/** Nothing is quoted: the value is what follows the first `=`. https://github.com/docker/cli/blob/v28.2.2/pkg/kvfile/kvfile.go */
function dockerValue(name: string, value: string): string {
  const isTooLong = Buffer.byteLength(`${name}=${value}\n`) > DOCKER_LINE_BYTES;
  if (isTooLong || /[\r\n]/.test(value)) throw cannotBeWritten(name, 'docker');
  return value;
}

function cannotBeWritten(name: string, shell: string): Problem {
  return new Problem('bad_setting', {
    message: `The value of ${name} cannot be written for ${shell}: that form has no way to quote it.`,
    hint: 'Use --shell json, which holds every value, or --shell sh.',
  });
}
