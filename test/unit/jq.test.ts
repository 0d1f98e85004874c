/**
 * What is selected from answers: jqjs, which redisdemo runs, and jq, which a script runs, agree. Selections are made of
 * what both understand alike, and are compared on answers with something missing or null at every place (ADR 22).
 */
import jq from '@michaelhomer/jqjs';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SHARDS_IN_USE } from '../../src/databases/enterprise/bdb/capacity.ts';
import type { Action } from '../../src/plan/action.ts';
import { fillIn, type Call, type Question } from '../../src/plan/call.ts';
import type { Condition } from '../../src/plan/condition.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { select } from '../../src/systems/calls/select.ts';
import { isAsGiven, valuesGiven } from '../../src/targets/cloudrun/release/variables.ts';
import { VIEW } from '../../src/targets/cloudrun/service/reads.ts';
import { PLANS } from '../support/all-plans.ts';
import { DOCUMENTS } from '../support/answers.ts';

const missing = spawnSync('jq', ['--version']).status === 0 ? '' : ' (SKIPPED: jq is not on PATH)';

const FACTS = new Map<string, unknown>(
  Object.entries({
    ...{ SECRET_VERSION: '1', REVISION: 'redisdemo-00002-def', REDIS_VERSION: '7.4', ROLE_UID: 3, DATABASE_UID: 1 },
    ...{ NODE_1: '10.0.0.2', NODE_2: '10.0.0.3', NODE_3: '10.0.0.4' },
  }),
);

/** Each where jqjs and jq differ, with an answer on which they do. */
const DIFFERENT: readonly (readonly [name: string, syntax: RegExp, program: string, answer: unknown])[] = [
  ['an alternative', /\/\//, '[.a // 1]', {}],
  ['an index after a path', /[\w"\])]\[\s*[^\]\s]/, '.a["b"]', {}],
  ['a number after a path', /[\w"\])]\[\s*[^\]\s]/, '.a[0]', {}],
  ['what may not be there', /\?/, '[.[]?]', [null, 1]],
  // Not a syntax to do without: both sides must always have an answer.
  ['a side that is not looked at', /$^/, '.a == null or (.a | .[])', {}],
  ['a part of a list', /\[[^\]"]*:[^\]"]*\]/, '.[1:]', [1, 2]],
  ['a pattern', /as\s*[[{]/, '. as [$x] | $x', []],
];

/** With all that means something to jq and to JSON. */
const VALUE = 'c4n,ary=s"e$HOME\'\\t\\(1) \u2028é\n';

/** Understood alike, of values that they are for. Whatever else is called is to be compared, and added here. */
const WORDS = new Set([
  ...['if', 'then', 'elif', 'else', 'end', 'and', 'or', 'not', 'as', 'def', 'null', 'true', 'false', 'empty', 'first'],
  ...['select', 'map', 'any', 'all', 'length', 'add', 'join', 'split', 'last', 'max', 'max_by', 'group_by', 'sort_by'],
  ...['unique', 'match', 'test', 'tostring', 'tonumber', 'ascii_downcase', 'from_entries', 'numbers', 'values'],
]);

const questionsOf = (plan: Plan): readonly Question[] =>
  [
    ...plan.steps.flatMap(({ action, exists, ready }) => [
      ...questionIn(action),
      ...[exists?.condition, ready?.until].flatMap((condition) => (condition ? questionsIn(condition) : [])),
    ]),
    ...(plan.preface ?? []).flatMap((preface) => (preface.kind === 'consent' ? [preface.of] : [])),
  ].map((question) => fillIn(question, FACTS));

function questionIn(action: Action): readonly Question[] {
  return 'find' in action && 'call' in action.find ? [action.find] : [];
}

function questionsIn(condition: Condition): readonly Question[] {
  if (condition.kind === 'all') return condition.of.flatMap(questionsIn);
  return condition.kind === 'selected' ? [condition.question] : [];
}

/** Of an answer that is a list, or an object. */
const programsOf = new Map<string, 'list' | 'object'>([
  ...Object.values(PLANS)
    .flatMap(questionsOf)
    .flatMap(({ call, select, objections = [] }) =>
      [select, ...objections.map((objection) => objection.select)].map(
        (program) => [program, isListed(call) ? 'list' : 'object'] as const,
      ),
    ),
  [SHARDS_IN_USE, 'list'],
  [VIEW, 'object'],
]);
const programs = [...programsOf.keys()];

function isListed(call: Call): boolean {
  return 'words' in call ? call.words.includes('list') : call.path !== '/v1/cluster';
}

/** Without its strings, and the fields and names in it. */
const skeleton = (program: string): string => program.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
const wordsIn = (program: string): readonly string[] => {
  const own = [...program.matchAll(/\bdef (\w+)/g)].map(([, name = '']) => name);
  const text = skeleton(program)
    .replaceAll(/[.$]\w+|\w+ *:(?!:)/g, '')
    .replaceAll(/\{[^{}|()]*\}/g, '');
  return [...text.matchAll(/[a-z_]\w*/g)].map(([word]) => word).filter((word) => !own.includes(word));
};

/** The same answer, with each of its parts left out, and with null in its place. */
function variants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const rebuilt = (changed: readonly (readonly [string, unknown])[]): unknown =>
    Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
  return entries.flatMap(([name, item], index) => [
    rebuilt(entries.toSpliced(index, 1)),
    ...[null, ...variants(item)].map((other) => rebuilt(entries.with(index, [name, other]))),
  ]);
}

/** What counts is the first output that is a value: a list of it, or of nothing; `error` where the program fails. */
function byJq(program: string, answers: readonly unknown[], env?: NodeJS.ProcessEnv): unknown {
  const { stdout } = spawnSync('jq', ['--compact-output', `[.[] | try [first((${program}) | values)] catch "error"]`], {
    input: JSON.stringify(answers),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout) as unknown;
}

function byJqjs(program: string, answers: readonly unknown[]): unknown {
  return answers.map((answer) => {
    try {
      return [...jq.compile(`{} as $ENV | ${program}`)(answer)].filter((output) => output !== null).slice(0, 1);
    } catch {
      return 'error';
    }
  });
}

describe.skipIf(missing !== '')(`jq and jqjs select the same${missing}`, () => {
  const answers = DOCUMENTS.flatMap((document) => [document, ...variants(document)]);

  it.each([...programsOf])('%s, of a %s', (program, kind) => {
    const own = answers.filter((answer) => Array.isArray(answer) === (kind === 'list'));
    expect(byJqjs(program, own)).toEqual(byJq(program, own));
  });

  it.each(DIFFERENT)('because none has %s, which they understand in two ways', (_name, syntax, program, answer) => {
    expect(byJqjs(program, [answer])).not.toEqual(byJq(program, [answer]));
    expect(programs.filter((one) => syntax.test(skeleton(one)))).toEqual([]);
  });

  it.each([VALUE, ''])('with a value that only the shell of a script has: %j', async (value) => {
    const variables = [{ name: 'API_KEY', value: () => value }];
    const program = `select(${variables.map(isAsGiven).join(' and ')}) | .metadata.name`;
    const question = { call: { words: [] }, select: program, env: valuesGiven(variables) };
    const answers = [
      [{ name: 'API_KEY', value }],
      [{ name: 'API_KEY', value: `${VALUE} ` }],
      [{ name: 'A', value }],
      null,
    ];
    const services = [...answers, [{ name: 'API_KEY' }]].map((env) => ({
      metadata: { name: 'redisdemo' },
      spec: { template: { spec: { containers: [{ env }] } } },
    }));
    const selected = await Promise.all(services.map((service) => select(question, JSON.stringify(service))));
    const expected = [['redisdemo'], [], [], [], value === '' ? ['redisdemo'] : []];
    expect(selected.map((answer) => (answer.kind === 'ok' ? [answer.value] : []))).toEqual(expected);
    expect(byJq(program, services, { SERVICE_API_KEY: value })).toEqual(expected);
  });

  it('because they call nothing that was not compared', () => {
    expect([...new Set(programs.flatMap(wordsIn))].filter((word) => !WORDS.has(word))).toEqual([]);
  });

  it('because each name is defined in one way: jqjs keeps it for the next program', () => {
    const definitions = programs.flatMap((program) => program.match(/def \w+:[^;]*(?:"[^"]*"[^;]*)*?;/g) ?? []);
    const names = [...new Set(definitions)].map((definition) => /def (\w+)/.exec(definition)?.[1]);
    expect(names).toEqual([...new Set(names)]);
  });
});
