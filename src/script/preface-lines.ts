/** What a script asks for before its steps: values that it does not hold, and a person's yes. */
import type { Preface } from '../plan/plan.ts';
import { EXIT_CODES } from '../problem.ts';
import { questionLine } from './call-lines.ts';
import { quote } from './shell.ts';

export function prefaceLines(preface: Preface): readonly string[] {
  if (preface.kind === 'consent') return consentLines(preface);
  const { name, words } = preface;
  return [
    `[ -n "\${${name}+x}" ] || { echo ${quote(words)} >&2; exit ${String(EXIT_CODES.usage)}; }`,
    `export ${name}`,
    '',
  ];
}

/** A script that comes over a pipe is its own standard input: there nobody can answer. Exit codes as the command's. */
function consentLines({ when, of, words }: Extract<Preface, { kind: 'consent' }>): readonly string[] {
  const refusal =
    'Confirmation needed, and standard input is not a terminal: run the script from a file, or print it with --yes.';
  return [
    `found=$(${questionLine(of)})`,
    `if [ ${when === 'selected' ? '-n' : '-z'} "$found" ]; then`,
    `  echo "${words.replaceAll('{{FOUND}}', '$found')}" >&2`,
    `  [ -t 0 ] || { echo ${quote(refusal)} >&2; exit ${String(EXIT_CODES.usage)}; }`,
    "  printf '[y/N] ' >&2; read -r answer",
    "  case $answer in [Yy] | [Yy][Ee][Ss]) ;; *) echo 'Nothing was changed.' >&2; exit 1 ;; esac",
    'fi',
    '',
  ];
}
