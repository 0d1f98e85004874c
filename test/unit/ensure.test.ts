/** How a step is made when the system refuses: what is for the moment is tried again, the rest is said in its words. */
import { expect, it } from 'vitest';
import { absent, failed, ok, type Answer } from '../../src/plan/answer.ts';
import type { Call } from '../../src/plan/call.ts';
import { ensure } from '../../src/plan/ensure.ts';
import type { Step } from '../../src/plan/plan.ts';
import type { Reply, Systems } from '../../src/plan/systems.ts';
import { silentReport } from '../support/silent-report.ts';

const working = { report: silentReport, signal: new AbortController().signal };
const make: Call = { words: ['make'] };
const find = { call: { words: ['find'] }, select: '.' } as const;
const DRY_RUN: Call = { words: ['try'] };

/** A system that keeps one thing, and refuses to make it with these answers before it does. */
function systemThat(refusals: readonly Answer<Reply>[]) {
  const left = [...refusals];
  const asked: string[] = [];
  let there = false;
  const send = (call: Call): Promise<Answer<Reply>> => {
    const word = 'words' in call ? (call.words[0] ?? '') : '';
    asked.push(word);
    const refusal = left.shift();
    if (refusal) return Promise.resolve(refusal);
    there ||= word === 'make';
    return Promise.resolve(ok({ status: 0, text: '' }));
  };
  const exists = (): Promise<Answer<unknown>> => Promise.resolve(there ? ok('it') : absent('not there'));
  const perform = { exists, present: exists, remove: exists, create: () => send(make) };
  const systems = { perform, calls: { send, ask: exists } } as unknown as Systems;
  return { asked, systems };
}

function run(step: Partial<Step>, refusals: readonly Answer<Reply>[]) {
  const { asked, systems } = systemThat(refusals);
  const action = { kind: 'resource', thing: 'it', find, create: make } as const;
  const made = ensure(
    { title: 'a plan', steps: [{ id: 'it', title: 'make it', action, ...step }] },
    systems,
    working,
    {},
  );
  return { asked, made };
}

it('sends the dry run first, and makes nothing of what it refuses', async () => {
  const refusal = { what: 'no', known: { big: { code: 'not_enough_memory', hint: 'less' } }, hint: 'other' } as const;
  const { asked, made } = run({ dryRun: DRY_RUN, refusal }, [failed('too big', { code: 'big' })]);
  await expect(made).rejects.toMatchObject({ code: 'not_enough_memory', message: 'no: too big' });
  expect(asked).toEqual(['try']);
});

it('tries again what is refused for the moment, and what is known to pass', async () => {
  const refusals = [failed('busy', { transient: true }), failed('not yet', { code: 'early' })];
  const { asked, made } = run({ dryRun: DRY_RUN, retryForMs: 600_000, retryable: ['early'] }, refusals);
  expect(await made).toEqual([{ id: 'it', title: 'make it', outcome: 'created', value: undefined, proof: undefined }]);
  expect(asked).toEqual(['try', 'try', 'try', 'make']);
});

it('says that time ran out, and the last reason', async () => {
  const { made } = run(
    { retryForMs: 1 },
    Array.from({ length: 9 }, () => failed('busy', { transient: true })),
  );
  await expect(made).rejects.toMatchObject({
    code: 'retries_exhausted',
    message: expect.stringContaining('busy') as string,
  });
});

it('a system that knows no dryRun has no objection', async () => {
  const { asked, made } = run({ dryRun: DRY_RUN }, [absent('status 404')]);
  expect(await made).toEqual([{ id: 'it', title: 'make it', outcome: 'created', value: undefined, proof: undefined }]);
  expect(asked).toEqual(['try', 'make']);
});

it('tells how long it tried only where it tried again', async () => {
  const once = run({ retryForMs: 600_000 }, [failed('no')]).made;
  await expect(once).rejects.toMatchObject({ message: 'Could not make it: no' });
  const twice = run({ retryForMs: 600_000 }, [failed('busy', { transient: true }), failed('no')]).made;
  await expect(twice).rejects.toMatchObject({
    message: expect.stringMatching(/^Could not make it: no \(tried for /) as string,
  });
});
