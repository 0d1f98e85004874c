import { expect, it } from 'vitest';
import { absent, failed, ok, type Answer } from '../../src/plan/answer.ts';
import { pauseAfter, waitFor } from '../../src/plan/wait.ts';
import { Problem } from '../../src/problem.ts';
import type { Report } from '../../src/report.ts';

/** A report that keeps what was said. */
function listen(): { said: string[]; report: Report } {
  const said: string[] = [];
  const keep = (text: string): void => void said.push(text);
  return { said, report: { say: keep, log: keep, begin: (text) => (keep(text), { update: keep, end: keep }) } };
}

const never = new AbortController().signal;
const answers = (...list: Answer<string>[]) => {
  let asked = 0;
  return () => Promise.resolve(list[Math.min(asked++, list.length - 1)] ?? absent('none'));
};

it('says what it waits for, the last answer, elapsed and limit', async () => {
  const { said, report } = listen();
  const value = await waitFor(
    { what: 'the door', limitMs: 60_000, ask: answers(absent('closed'), ok('open')) },
    { report, signal: never },
  );
  expect(value).toBe('open');
  expect(said[0]).toBe('waiting for the door');
  expect(said[1]).toMatch(/^waiting for the door: closed \(.* of 60\.0 s\)$/);
  expect(said[2]).toMatch(/^the door: ready after /);
});

it('ends at its limit with the last answer', async () => {
  const wait = waitFor(
    { what: 'the door', limitMs: 1, ask: answers(absent('closed')) },
    { ...listen(), signal: never },
  );
  await expect(wait).rejects.toMatchObject({ code: 'timeout', exitCode: 6, details: { lastAnswer: 'closed' } });
});

it('is not kept by an answer that does not come', async () => {
  const silence = new Promise<Answer<string>>(() => undefined);
  const asked = [Promise.resolve(absent('closed')), silence];
  const wait = waitFor(
    { what: 'the door', limitMs: 150, ask: () => asked.shift() ?? silence },
    { ...listen(), signal: never },
  );
  await expect(wait).rejects.toMatchObject({ code: 'timeout', details: { lastAnswer: 'closed' } });
});

it('asks soon at first, and less often what takes long', () => {
  /** How often it asks until the limit, when an answer takes no time. */
  const questions = (limitMs: number): number => {
    let asked = 1;
    for (let elapsed = 0; elapsed < limitMs; elapsed += pauseAfter(elapsed, limitMs)) asked++;
    return asked;
  };
  expect(questions(1000)).toBe(11);
  expect(questions(60_000)).toBeLessThan(100);
  expect(pauseAfter(0, 60_000)).toBe(100);
  expect(pauseAfter(10_000, 60_000)).toBe(500);
  expect(pauseAfter(3_600_000, 7_200_000)).toBe(2000);
});

it('asks for the last time at its limit', () => {
  expect([pauseAfter(990, 1000), pauseAfter(1000, 1000)]).toEqual([10, 1]);
});

it('ends at once when what it waits for has died', async () => {
  const wait = waitFor(
    { what: 'the door', limitMs: 60_000, ask: answers(failed('burnt')) },
    { ...listen(), signal: never },
  );
  await expect(wait).rejects.toMatchObject({
    code: 'service_failed',
    message: expect.stringContaining('burnt') as string,
  });
});

it('ends at once when it is interrupted', async () => {
  const interrupted = new Problem('interrupted', { message: 'Interrupted.' });
  const controller = new AbortController();
  const ask = (): Promise<Answer<string>> => {
    controller.abort(interrupted);
    return Promise.resolve(absent('closed'));
  };
  const wait = waitFor({ what: 'the door', limitMs: 60_000, ask }, { ...listen(), signal: controller.signal });
  await expect(wait).rejects.toBe(interrupted);
});
