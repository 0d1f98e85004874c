/** What the service promises while Redis does not respond: right answers, or 503 with Retry-After and no details. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ServiceProcess } from './service-process.ts';
import { getUser, type Answer } from './user-requests.ts';

/** For a machine that is a hundred times slower than ours: a limit ends only what hangs. */
const RECOVERY_LIMIT_MS = 120_000;

export const EXAMPLE = '{"name":"Paul John","email":"paul.john@example.com","age":42,"city":"London"}';

const SENTENCE = /^\{"detail":"The store (?:does not respond|refused the request)\. Try again in 1 second\."\}$/;

/** Strangers learn that the store does not respond and when to retry; everything else is in the log. */
export function expectAway(answers: readonly Answer[]): void {
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(new Set(answers.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']));
  for (const { body } of answers) expect(body).toMatch(SENTENCE);
}

/** To be called when Redis is back: asks until the answer is right; every other answer must be a 503. */
export async function expectRecovery(service: ServiceProcess): Promise<void> {
  const deadline = Date.now() + RECOVERY_LIMIT_MS;
  let answer = await getUser(service, '1');
  while (answer.status === 503 && Date.now() < deadline) {
    await pause(10);
    answer = await getUser(service, '1');
  }
  expect([answer.status, answer.body]).toEqual([200, EXAMPLE]);
}
