/** `--set-env` and `--env-vars-file`: variables of the service, which may be secrets. No message shows a value. */
import { Problem } from '../../../problem.ts';
import type { Systems } from '../../../plan/systems.ts';
import type { Report } from '../../../report.ts';
import { checkVariables } from '../release/variables.ts';
import { type Variable } from '../service/settings.ts';
import { readDotenv } from '../../../command/dotenv.ts';

interface VariableValues {
  readonly setEnv: readonly string[];
  readonly envFile: string | undefined;
}

/** Valid in a shell too, so that a printed script can use it. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `--set-env` overrides the file. Throws a Problem. */
export async function readVariables(
  { setEnv, envFile }: VariableValues,
  { files }: Pick<Systems, 'files'>,
  report: Report,
): Promise<readonly Variable[]> {
  const fromFile = envFile === undefined ? [] : await readFile(envFile, files, report);
  const all = new Map([...fromFile, ...setEnv.map(readPair)]);
  const variables = [...all].map(([name, value]): Variable => ({ name, value: () => value }));
  checkVariables(variables);
  return variables;
}

/** The text may be a secret whose name was forgotten: an error gives its position instead. */
function readPair(text: string, index: number): readonly [string, string] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0));
  if (NAME.test(name)) return [name, text.slice(at + 1)];
  throw new Problem('bad_usage', {
    message: `--set-env number ${String(index + 1)} is not NAME=VALUE with a name of letters, digits and _.`,
    hint: 'For example: --set-env LOG_REQUESTS=true   Values that no process list should show: --env-vars-file FILE',
  });
}

async function readFile(file: string, files: Systems['files'], report: Report): Promise<[string, string][]> {
  const read = await files.readGiven(file);
  if (read.kind !== 'ok') {
    throw new Problem('bad_file', {
      message: `The file ${file} cannot be read: ${read.reason}.`,
      hint: 'Give --env-vars-file the path of a file with one NAME=value on each line.',
    });
  }
  const { assignments, unclear } = readDotenv(read.value.text.replace(/^\ufeff/, ''));
  const wrong = [
    ...unclear.map(({ line, why }) => `line ${String(line)}: ${why}`),
    ...assignments
      .filter(({ name }) => !NAME.test(name))
      .map(({ line }) => `line ${String(line)}: a name has letters, digits and _ only`),
  ];
  if (wrong.length > 0) {
    throw new Problem('bad_file', {
      message: `The file ${file} has lines that cannot be read.\n${wrong.join('\n')}`,
      hint: 'Write each variable as NAME=value, with the value in quotes if it has spaces, quotes or # in it.',
    });
  }
  for (const { name, line, cut } of assignments) {
    if (cut)
      report.say(
        `${file}, line ${String(line)}: the value of ${name} ends before the unquoted #. If # is part of it, put the value in quotes.`,
        'note',
      );
  }
  return assignments.map(({ name, value }) => [name, value]);
}
