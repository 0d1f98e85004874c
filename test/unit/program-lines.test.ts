/** A printed script that asks a program: found, a clear no, and an answer that did not come are three things. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Action } from '../../src/plan/action.ts';
import { printPlan } from '../../src/script/print.ts';
import { cloudRunPlans } from '../support/cloudrun-plans.ts';

const missing = spawnSync('jq', ['--version']).status === 0 ? '' : ' (SKIPPED: jq is not on PATH)';
const bin = mkdtempSync(join(tmpdir(), 'redisdemo-bin-'));
const made = join(bin, 'made');
afterAll(() => {
  rmSync(bin, { recursive: true });
});
const program = (name: string, line: string): void => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
};
program('find-it', `echo 'WARNING: old' >&2; printf '%s' "$SAID" >&2; printf '%s\\n' "$PRINTED"; exit "$ENDED"`);
program('make-it', `echo made >> ${made}`);

/** What the program says and prints, and how it ends. */
interface Program {
  readonly said?: string;
  readonly printed?: string;
  readonly ended?: number;
}

function run(action: Partial<Extract<Action, { kind: 'resource' }>>, { said = '', printed = '', ended = 0 }: Program) {
  const find = {
    call: { words: ['find-it', 'a b'], absent: 'no such|NOT_FOUND' },
    select: '.[] | select(.a == "x\\ny") | .b',
  };
  const script = printPlan({
    title: 'a plan',
    steps: [
      {
        id: 'it',
        title: 'make it',
        action: { kind: 'resource', thing: 'it', find, create: { words: ['make-it'] }, ...action },
      },
    ],
  });
  writeFileSync(made, '');
  const { status, stderr } = spawnSync('sh', ['-c', script], {
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, SAID: said, PRINTED: printed, ENDED: String(ended) },
    encoding: 'utf8',
  });
  return { status, stderr, isMade: readFileSync(made, 'utf8') !== '' };
}

const FOUND = JSON.stringify([{ a: 'x\ny', b: 'yes' }]);

describe.skipIf(missing !== '')(`a question to a program in a script${missing}`, () => {
  it.each<[when: string, program: Program, status: number, isMade: boolean]>([
    ['is there', { printed: FOUND }, 0, false],
    ['is not among what there is', { printed: '[{"a": "z"}]' }, 0, true],
    ['is not there, as its failure says', { said: 'ERROR: no such thing', ended: 1 }, 0, true],
    ['may be there: the program failed', { said: 'ERROR: 403, not for you', ended: 1 }, 6, false],
    ['may be there: the program failed without a word', { ended: 9 }, 6, false],
    ['may be there: what was printed is no JSON', { printed: '<html>' }, 6, false],
  ])('what %s', (_when, { ...what }, status, isMade) => {
    const ended = run({}, what);
    expect([ended.status, ended.isMade]).toEqual([status, isMade]);
    if (status !== 0 && what.said !== undefined) expect(ended.stderr).toContain(`no answer from find-it a b`);
    if (status !== 0 && what.said !== undefined) expect(ended.stderr).toContain(what.said);
  });

  it('for a fact ends the script as well', () => {
    const fact = { fact: 'IT' };
    expect(run(fact, { printed: FOUND })).toMatchObject({ status: 0, isMade: false });
    expect(run(fact, { said: 'busy', ended: 1 })).toMatchObject({ status: 6, isMade: false });
  });

  it('knows a clear no by patterns that grep and JavaScript read the same', () => {
    const calls = Object.values(cloudRunPlans).flatMap(({ steps }) =>
      steps.flatMap(({ action }) => (action.kind === 'resource' ? [action.find.call] : [])),
    );
    const patterns = calls.flatMap((call) => ('words' in call ? (call.absent ?? []) : []));
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.filter((pattern) => !/^[\w |]+$/.test(pattern))).toEqual([]);
  });
});
