/**
 * What the service promises when Redis is away: only right answers and 503 with Retry-After, each within a second, and
 * the first right answer at most a second after Redis is back.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ServiceProcess } from '../service-process.ts';
import { getUser, type Answer } from './requests.ts';

export const ANSWER_LIMIT_MS = 1000;
const RECOVERY_LIMIT_MS = 1000;
/** For two loaded cores that client, service, stand-in and Redis share. */
export const MARGIN_MS = 1500;

export const EXAMPLE = '{"name":"Paul John","email":"paul.john@example.com","age":42,"city":"London"}';

export function expectAway(answers: readonly Answer[], margin = MARGIN_MS): void {
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  expect(answers.map(({ headers }) => headers.get('retry-after') ?? 'none')).toEqual(answers.map(() => '1'));
  expectInTime(answers, margin);
}

export function expectInTime(answers: readonly Answer[], margin = MARGIN_MS): void {
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_LIMIT_MS + margin);
}

/** To be called when Redis is back: asks until the answer is right; every other answer must be a 503. */
export async function expectRecovery(service: ServiceProcess): Promise<void> {
  const begin = performance.now();
  let answer = await getUser(service, '1');
  while (answer.status === 503 && performance.now() - begin < 10 * RECOVERY_LIMIT_MS) {
    await pause(10);
    answer = await getUser(service, '1');
  }
  expect([answer.status, answer.body]).toEqual([200, EXAMPLE]);
  expect(performance.now() - begin).toBeLessThan(RECOVERY_LIMIT_MS + MARGIN_MS);
}
