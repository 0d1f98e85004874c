/** A plan as a shell script that a person can run without us. */
import type { Action, ActionKind } from './action.ts';
import { callLine } from './call-lines.ts';
import { createLine, existsLine, factLine } from './lines.ts';
import type { Plan, Step } from './plan.ts';
import { quote } from './shell.ts';

/** The whole plan as a script for `sh`. It may be run twice, like the plan. */
export function printPlan({ title, steps }: Plan): string {
  return ['#!/bin/sh', `# ${title}`, 'set -eu', ...exportLines(steps), '', ...steps.flatMap(stepLines)].join('\n');
}

/** The variables that programs are given, once for all of them. */
function exportLines(steps: readonly Step[]): string[] {
  const calls = steps.flatMap(({ action }) => (action.kind === 'resource' ? [action.find.call, action.create] : []));
  const variables = calls.flatMap((call) => (call && 'words' in call ? Object.entries(call.env ?? {}) : []));
  return [...new Set(variables.map(([name, value]) => `export ${name}=${quote(value)}`))];
}

function stepLines({ title, action, exists, patienceMs, rehearsal, ready }: Step): string[] {
  const effect = createLine<ActionKind>(action);
  const create = effect === undefined || !rehearsal ? effect : `{ ${callLine(rehearsal)}; } &&\n  ${effect}`;
  const patient =
    create === undefined || patienceMs === undefined || knowsWhen(action)
      ? create
      : untilLines(create, title, patienceMs);
  return [
    `# ${title}`,
    ...(factStep(action, patient) ?? plainStep(exists?.shell ?? existsLine<ActionKind>(action), patient)),
    ...(ready ? [`# wait for ${ready.what}`, untilLines(ready.shell, ready.what, ready.limitMs)] : []),
    '',
  ];
}

/** A program that says when another try may do: a script that tries again after everything else would build for hours. */
function knowsWhen(action: Action): boolean {
  return action.kind === 'resource' && action.create !== undefined && 'words' in action.create;
}

function plainStep(exists: string, create: string | undefined): string[] {
  if (create === undefined) return [exists];
  return [`if ! { ${exists}; } >/dev/null 2>&1; then`, indented(create), 'fi'];
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
    'tries=0',
    `until ${command}; do`,
    `  tries=$((tries + 1)); [ "$tries" -lt ${String(Math.ceil(limitMs / 1000))} ] || { echo ${quote(`no ${what}`)} >&2; exit 6; }`,
    '  sleep 1',
    'done',
  ].join('\n');
}

function indented(lines: string): string {
  return lines.replace(/^/gm, '  ');
}
