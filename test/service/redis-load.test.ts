/** Redis is killed while many write: what was acknowledged is still there. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { redisMissing } from '../fakes/redis-server.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { expectAway, expectRecovery } from '../support/redis-outage.ts';
import { getUser, putUser, userText, type Answer } from '../support/user-requests.ts';
import { logged, redisWith, serviceWith, untilLogged } from '../support/test-processes.ts';

/** Writes one user again and again, each time with the next age, until told to stop. */
class Writer {
  readonly answers: Answer[] = [];
  readonly #id: string;
  #attempts = 0;
  #acknowledged = 0;

  constructor(id: string) {
    this.#id = id;
  }

  async run(service: ServiceProcess, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const age = ++this.#attempts;
      const answer = await putUser(service, this.#id, userText({ age: String(age) }));
      this.answers.push(answer);
      if (answer.status === 200) this.#acknowledged = age;
      else await pause(5);
    }
  }

  /** A write without an answer may have come through; one with an answer must have. */
  async expectKept(service: ServiceProcess): Promise<void> {
    const { age } = JSON.parse((await getUser(service, this.#id)).body) as { age: number };
    expect(this.#acknowledged).toBeGreaterThan(0);
    expect(age).toBeGreaterThanOrEqual(this.#acknowledged);
    expect(age).toBeLessThanOrEqual(this.#attempts);
  }
}

const ROUNDS = 3;
const PATIENCE = { timeout: 120_000 };

describe.skipIf(redisMissing !== '')(`Redis is killed and restarted under load${redisMissing}`, () => {
  test('only right answers and 503 in between, and no acknowledged write is lost', async () => {
    const redis = await redisWith({ aof: true });
    const service = await serviceWith(redis.env);
    const writers = ['101', '102', '103', '104', '105', '106'].map((id) => new Writer(id));
    const stop = new AbortController();
    const load = Promise.all(writers.map((writer) => writer.run(service, stop.signal)));

    for (let round = 0; round < ROUNDS; round++) {
      const before = writers.map(({ answers }) => answers.length);
      const haveWritten = (): boolean => writers.every(({ answers }, at) => answers.length > (before[at] ?? 0) + 20);
      await expect.poll(haveWritten, PATIENCE).toBe(true);
      const reported = logged(service, /cannot be used/).length;
      await redis.kill();
      const areRefused = (): boolean => writers.every(({ answers }) => answers.at(-1)?.status === 503);
      await expect.poll(areRefused, PATIENCE).toBe(true);
      // Not before the service has reported it: a Redis that is back at the first attempt is never reported.
      await expect.poll(() => logged(service, /cannot be used/).length, PATIENCE).toBeGreaterThan(reported);
      await redis.restart();
      await expectRecovery(service);
    }
    stop.abort();
    await load;

    const answers = writers.flatMap((writer) => writer.answers);
    expect(new Set(answers.map(({ status, body }) => `${String(status)} ${status === 200 ? body : ''}`))).toEqual(
      new Set(['200 true', '503 ']),
    );
    expectAway(answers.filter(({ status }) => status === 503));
    for (const writer of writers) await writer.expectKept(service);
    await untilLogged(service, /Redis is back/, ROUNDS);
  });
});

describe.skipIf(redisMissing !== '')(`a body that keeps the service busy${redisMissing}`, () => {
  test('is no reason to take a healthy Redis for silent', async () => {
    const redis = await redisWith();
    const service = await serviceWith({ ...redis.env, BODY_LIMIT: String(8 * 1024 * 1024) });
    const stop = new AbortController();
    const statuses: number[] = [];
    const reading = Array.from({ length: 8 }, async () => {
      while (!stop.signal.aborted) statuses.push((await getUser(service, '1')).status);
    });
    // Every field is missing, and each of the errors repeats the whole body.
    const members = Array.from({ length: 300_000 }, (_, index) => `"${String(index)}":1`).join();
    const answer = await putUser(service, '1', `{${members}}`);
    stop.abort();
    await Promise.all(reading);
    expect(answer.status).toBe(422);
    expect((JSON.parse(answer.body) as { detail: unknown[] }).detail).toHaveLength(6);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(logged(service, /cannot be used|Redis is back/)).toEqual([]);
  });
});
