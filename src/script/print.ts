/** A plan as a shell script that runs without redisdemo. */
import type { Action, EffectKind, Lookup, Resource } from '../plan/action.ts';
import type { Question } from '../plan/call.ts';
import type { Condition } from '../plan/condition.ts';
import { TRY_AGAIN, type Plan, type Preface, type Step } from '../plan/plan.ts';
import { EXIT_CODES, exitCodeOf } from '../problem.ts';
import { isRest, questionLine, settleLine } from './call-lines.ts';
import { conditionLine, PING_FUNCTION } from './condition-lines.ts';
import { indented } from './layout.ts';
import { createLine, existsLine, factLine } from './lines.ts';
import { PROGRAM_FUNCTIONS, UNANSWERED } from './program-lines.ts';
import { attemptLines, PRIVATE_FOLDER, REST_FUNCTIONS } from './rest-lines.ts';
import { quote } from './shell.ts';

/** Like the plan, the script can run twice. */
export function printPlan({ title, steps, preface = [] }: Plan): string {
  const pings = steps.some(({ ready }) => ready && hasPing(ready.until));
  const isOverRest = steps.some(({ action }) => isAskedOverRest(action));
  const isOverPrograms =
    steps.some(({ action }) => isAskedOfProgram(action)) || preface.some(({ kind }) => kind === 'consent');
  return [
    ...['#!/bin/sh', `# ${title}`, 'set -eu', ...exportLines(steps)],
    ...(isOverRest ? [PRIVATE_FOLDER, REST_FUNCTIONS] : []),
    ...(isOverPrograms ? [PROGRAM_FUNCTIONS] : []),
    ...(pings ? [PING_FUNCTION] : []),
    '',
    ...preface.flatMap(prefaceLines),
    ...steps.flatMap(stepLines),
  ].join('\n');
}

function hasPing(condition: Condition): boolean {
  return condition.kind === 'redis' || (condition.kind === 'all' && condition.of.some(hasPing));
}

function prefaceLines(preface: Preface): readonly string[] {
  if (preface.kind === 'consent') return consentLines(preface);
  const { name, words } = preface;
  return [
    `[ -n "\${${name}+x}" ] || { echo ${quote(words)} >&2; exit ${String(EXIT_CODES.usage)}; }`,
    `export ${name}`,
    '',
  ];
}

/** A script from a pipe is its own standard input: nobody can answer there. Exit codes are the command's. */
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

function exportLines(steps: readonly Step[]): string[] {
  const calls = steps.flatMap(({ action }) => (action.kind === 'resource' ? [action.find.call, action.create] : []));
  const variables = calls.flatMap((call) => (call && 'words' in call ? Object.entries(call.env ?? {}) : []));
  return [...new Set(variables.map(([name, value]) => `export ${name}=${quote(value)}`))];
}

function stepLines(step: Step): string[] {
  const { title, action, ready } = step;
  return [
    `# ${title}`,
    ...actionLines(step),
    ...objectionLines(action),
    ...(ready ? [`# wait for ${ready.what}`, untilLines(conditionLine(ready.until), ready.what, ready.limitMs)] : []),
    '',
  ];
}

function actionLines(step: Step): string[] {
  const { action, exists: own } = step;
  if (action.kind === 'lookup') return factLines(action, undefined);
  const exists = own?.condition ? conditionLine(own.condition) : existsLine<EffectKind>(action);
  const create = createLines(step, exists);
  if (action.kind === 'resource' && action.fact !== undefined)
    return factLines({ ...action, fact: action.fact }, create);
  return action.kind === 'resource' ? askingStep(exists, create, endOf(action)) : plainStep(exists, create);
}

const questionOf = (action: Action): Question | undefined =>
  'find' in action && 'call' in action.find ? action.find : undefined;

function isAskedOverRest(action: Action): boolean {
  const question = questionOf(action);
  return question !== undefined && isRest(question.call);
}

function isAskedOfProgram(action: Action): boolean {
  return questionOf(action) !== undefined && !isAskedOverRest(action);
}

/** A refusal is not sent again: wrong passwords lock an account. A program that fails has not said no. */
function endOf(action: Action): number {
  return isAskedOfProgram(action) ? UNANSWERED : EXIT_CODES.permission;
}

function createLines({ title, action, retryForMs, dryRun, ...step }: Step, exists: string) {
  if (action.kind === 'lookup') return undefined;
  const effect = createLine<EffectKind>(action);
  if (effect === undefined || action.kind !== 'resource' || !action.create || !isRest(action.create)) return effect;
  const exits = exitsOf(step);
  // A system without dry runs has no objection.
  const tried = dryRun && isRest(dryRun) ? [settleLine(dryRun, { ...exits, 404: 0 })] : [];
  const attempt = [...tried, settleLine(action.create, exits)].join(' &&\n  ');
  return attemptLines(attempt, { title, exists, retryForMs });
}

/** The exit status of each refusal by the system's own code for it, or {@link TRY_AGAIN}. */
function exitsOf({ refusal, retryable = [] }: Pick<Step, 'refusal' | 'retryable'>): Readonly<Record<string, number>> {
  const known = Object.entries(refusal?.known ?? {}).map(([name, { code }]) => [name, exitCodeOf(code)] as const);
  return Object.fromEntries([...known, ...retryable.map((code) => [code, TRY_AGAIN] as const)]);
}

function objectionLines(action: Action): string[] {
  const { call, objections = [] } = questionOf(action) ?? {};
  if (!call) return [];
  return objections.map(
    ({ code, select }) =>
      `objection=$(${questionLine({ call, select })})\n` +
      `[ -z "$objection" ] || { printf '%s' "$objection" | jq --raw-output '.message, (.hint | values)' >&2; exit ${String(exitCodeOf(code))}; }`,
  );
}

function plainStep(exists: string, create: string | undefined): string[] {
  if (create === undefined) return [exists];
  return [`if ! { ${exists}; } >/dev/null 2>&1; then`, indented(create), 'fi'];
}

function askingStep(exists: string, create: string | undefined, end: number): string[] {
  if (create === undefined) return [exists];
  const status = String(end);
  return [
    `there=0; { ${exists}; } >/dev/null || there=$?`,
    `[ "$there" -ne ${status} ] || exit ${status}`,
    'if [ "$there" -ne 0 ]; then',
    indented(create),
    'fi',
  ];
}

function factLines(action: (Lookup | Resource) & { readonly fact: string }, create: string | undefined): string[] {
  const { fact } = action;
  const assign = `${fact}=$(${factLine(action)})`;
  const make = create === undefined ? [] : [`if [ -z "$${fact}" ]; then`, indented(`${create}\n${assign}`), 'fi'];
  return [assign, ...make, `[ -n "$${fact}" ] || { echo 'no ${fact}' >&2; exit 1; }`];
}

function untilLines(command: string, what: string, limitMs: number): string {
  return [
    `end=$(($(date +%s) + ${String(Math.ceil(limitMs / 1000))}))`,
    `until ${command}; do`,
    `  [ "$(date +%s)" -lt "$end" ] || { echo ${quote(`no ${what}`)} >&2; exit ${String(EXIT_CODES.timeout)}; }`,
    '  sleep 1',
    'done',
  ].join('\n');
}
