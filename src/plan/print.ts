/** A plan as a shell script that a person can run without us. */
import type { Action, ActionKind } from './action.ts';
import { isRest, settleLine } from './call-lines.ts';
import type { Api } from './call.ts';
import { createLine, existsLine, factLine } from './lines.ts';
import type { Plan, Step } from './plan.ts';
import { EXIT_CODES } from '../problem.ts';
import { PROGRAM_FUNCTIONS, UNANSWERED } from './program-lines.ts';
import { attemptLines, REST_FUNCTIONS } from './rest-lines.ts';
import { quote } from './shell.ts';

/** The whole plan as a script for `sh`. It may be run twice, like the plan. */
export function printPlan({ title, steps }: Plan): string {
  const isOverRest = steps.some(({ action }) => restOf(action) !== undefined);
  const isOverPrograms = steps.some(({ action }) => isAskedOfProgram(action));
  return [
    ...['#!/bin/sh', `# ${title}`, 'set -eu', ...exportLines(steps)],
    ...(isOverRest ? [REST_FUNCTIONS] : []),
    ...(isOverPrograms ? [PROGRAM_FUNCTIONS] : []),
    '',
    ...steps.flatMap(stepLines),
  ].join('\n');
}

/** The variables that programs are given, once for all of them. */
function exportLines(steps: readonly Step[]): string[] {
  const calls = steps.flatMap(({ action }) => (action.kind === 'resource' ? [action.find.call, action.create] : []));
  const variables = calls.flatMap((call) => (call && 'words' in call ? Object.entries(call.env ?? {}) : []));
  return [...new Set(variables.map(([name, value]) => `export ${name}=${quote(value)}`))];
}

function stepLines(step: Step): string[] {
  const { title, action, exists: own, ready, checkShell } = step;
  const exists = own?.shell ?? existsLine<ActionKind>(action);
  const create = createLines(step, exists);
  const existing = action.kind === 'resource' ? askingStep(exists, create, endOf(action)) : plainStep(exists, create);
  return [
    `# ${title}`,
    ...(factStep(action, create) ?? existing),
    ...(checkShell === undefined ? [] : [checkShell]),
    ...(ready ? [`# wait for ${ready.what}`, untilLines(ready.shell, ready.what, ready.limitMs)] : []),
    '',
  ];
}

/** The REST API behind an action; undefined for every other action. */
function restOf(action: Action): Api | undefined {
  return action.kind === 'resource' && isRest(action.find.call) ? action.find.call.api : undefined;
}

function isAskedOfProgram(action: Action): boolean {
  return action.kind === 'resource' && !isRest(action.find.call);
}

/** A user who is refused is not asked for again: wrong passwords lock an account. A program that fails has not said no. */
function endOf(action: Action): number {
  return isAskedOfProgram(action) ? UNANSWERED : EXIT_CODES.permission;
}

function createLines({ title, action, patienceMs, rehearsal, refusalExits = {} }: Step, exists: string) {
  const effect = createLine<ActionKind>(action);
  if (effect === undefined || action.kind !== 'resource' || !action.create || !isRest(action.create)) return effect;
  // A system that knows no rehearsals has no objection.
  const rehearsed = rehearsal && isRest(rehearsal) ? [settleLine(rehearsal, { ...refusalExits, 404: 0 })] : [];
  const attempt = [...rehearsed, settleLine(action.create, refusalExits)].join(' &&\n  ');
  return attemptLines(attempt, { title, exists, patienceMs });
}

function plainStep(exists: string, create: string | undefined): string[] {
  if (create === undefined) return [exists];
  return [`if ! { ${exists}; } >/dev/null 2>&1; then`, indented(create), 'fi'];
}

/** @param end the status of the question that ends the script */
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

/** A step that gives a fact: asked, created when there is none, and asked again. */
function factStep(action: Action, create: string | undefined): string[] | undefined {
  const line = factLine<ActionKind>(action);
  if (line === undefined || !('fact' in action)) return undefined;
  const { fact } = action;
  const assign = `${fact}=$(${line})`;
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

function indented(lines: string): string {
  return lines.replace(/^/gm, '  ');
}
