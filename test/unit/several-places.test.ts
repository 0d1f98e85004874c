/** A stage can be in several places: one that cannot be asked neither hides the others nor keeps them. */
import { expect, it } from 'vitest';
import type { Invocation } from '../../src/command/invocation.ts';
import { askAll } from '../../src/commands/answers.ts';
import { downCommand } from '../../src/commands/down.ts';
import { ok } from '../../src/plan/answer.ts';
import { Problem } from '../../src/problem.ts';
import type { Result } from '../../src/report.ts';
import type { Tool } from '../../src/stage/stage.ts';
import { silentReport } from '../support/silent-report.ts';

const away = new Problem('not_permitted', { message: 'The first place refuses the login.' });

const stage: Tool = {
  kind: 'tool',
  name: 'twice',
  summary: 'in two places',
  variables: [],
  load: () =>
    Promise.resolve({
      status: () =>
        Promise.resolve([
          { where: 'first', ask: () => Promise.reject(away) },
          { where: 'second', ask: () => Promise.resolve({ state: 'ready' as const }) },
        ]),
      leftovers: () =>
        Promise.resolve([
          { where: 'first', ask: () => Promise.reject(away) },
          {
            where: 'second',
            ask: () =>
              Promise.resolve({
                things: {
                  title: '',
                  steps: [{ id: 'a', title: '', action: { kind: 'file' as const, file: '/second' } }],
                },
              }),
          },
        ]),
    }),
};

function invocation(finish: Invocation['finish']): { readonly removed: unknown[]; readonly it: Invocation } {
  const removed: unknown[] = [];
  const perform = {
    present: () => Promise.resolve(ok(undefined)),
    remove: (action: { readonly file: string }) => {
      removed.push(action.file);
      return Promise.resolve(ok(undefined));
    },
  };
  const signal = new AbortController().signal;
  return {
    removed,
    it: { systems: { perform }, places: { home: { folder: '/' } }, report: silentReport, signal, finish } as never,
  };
}

it('status has a row for each place, with the reason of the one that could not be asked', async () => {
  const rows = await askAll([stage], invocation(() => undefined).it);
  expect(rows).toEqual([
    { name: 'twice', where: 'first', state: 'unknown', reason: away.message, problem: away },
    { name: 'twice', where: 'second', state: 'ready' },
  ]);
});

it('down removes what it can, and ends with the problem of the rest', async () => {
  const ends: [Result, Problem | undefined][] = [];
  const { removed, it: asked } = invocation((result, problem) => ends.push([result, problem]));
  const values = { yes: true, volumes: false, explain: false } as never;
  await downCommand(values, [stage], asked);
  expect(removed).toEqual(['/second']);
  expect(ends).toMatchObject([[{ data: { removed: ['file /second'] } }, { code: 'not_permitted', exitCode: 4 }]]);
});
