/** The recorded behaviour of the original service, over every store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRedisMissing } from '../fakes/test-redis.ts';
import { differences, readCases, send, type Case, type Step } from '../support/replay.ts';
import { serviceOnTestRedis } from '../support/service-on-redis.ts';
import { startService, type ServiceProcess } from '../support/service-process.ts';

const cases = readCases(new URL('../../../shared/fastapi/cases.jsonl', import.meta.url));
const casesMissing = cases.length > 0 ? '' : ' (SKIPPED: shared/fastapi/cases.jsonl is not beside this checkout)';

const VALID = '{"name":"Bo","email":"bo@example.com","age":7,"city":"Oslo","height":1.5,"weight":60.0,"gender":true}';

interface Outcome {
  readonly title: string;
  readonly recorded: number;
  readonly status: number;
  readonly differences: readonly string[];
}

async function replay(url: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { id, category, steps } of cases) {
    for (const [index, step] of steps.entries()) {
      const answer = await send(url, step);
      outcomes.push({
        title: `${id} ${category} step ${String(index)}`,
        recorded: step.expect.status,
        status: answer.status,
        differences: differences(step, answer),
      });
    }
  }
  return outcomes;
}

/** The requests that made the original fail. */
function failures({ id, category, steps }: Case): { title: string; step: Step }[] {
  return steps.filter((step) => step.expect.status === 500).map((step) => ({ title: `${id} ${category}`, step }));
}

function behavesLikeTheOriginal(current: () => ServiceProcess): void {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    outcomes = await replay(current().url);
  });

  it('606 requests are answered', () => {
    expect(outcomes).toHaveLength(606);
  });

  it('588 of the 589 that the original answered have the same answer', () => {
    const answered = outcomes.filter(({ recorded }) => recorded !== 500);
    expect(answered).toHaveLength(589);
    expect(answered.filter(({ differences: found }) => found.length === 0)).toHaveLength(588);
  });

  it('the other one is GET /health: the original has none', () => {
    const different = outcomes.filter((outcome) => outcome.recorded !== 500 && outcome.differences.length > 0);
    expect(different).toMatchObject([{ title: expect.stringMatching(/ path\.404 step 0$/) as string, status: 200 }]);
    const paths = cases.flatMap(({ id, steps }) => (different[0]?.title.startsWith(id) ? steps : []));
    expect(paths).toMatchObject([{ method: 'GET', path: '/health' }]);
  });

  it('17 that made the original fail are refused', () => {
    const failed = outcomes.filter(({ recorded }) => recorded === 500);
    expect(failed).toHaveLength(17);
    expect(failed.filter(({ status }) => status !== 422)).toEqual([]);
  });

  it.each(cases.flatMap(failures))('$title: nothing is stored', async ({ step }) => {
    const { url } = current();
    const { path } = step;
    const put = { method: 'PUT', path, headers: { 'content-type': 'application/json' }, body: VALID };
    expect(await send(url, put)).toMatchObject({ status: 200, text: 'true' });
    expect(await send(url, step)).toMatchObject({ status: 422, contentType: 'application/json' });
    expect(await send(url, { method: 'GET', path, headers: {} })).toMatchObject({ status: 200, text: VALID });
  });
}

describe.skipIf(casesMissing !== '')(`the original's recorded answers over the memory store${casesMissing}`, () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
  });
  behavesLikeTheOriginal(() => service);

  it('is answered by the memory store', () => {
    expect(service.store).toBe('memory');
  });
});

const redisMissing = casesMissing + testRedisMissing;
describe.skipIf(redisMissing !== '')(`the original's recorded answers over the Redis store${redisMissing}`, () => {
  const onRedis = serviceOnTestRedis();
  behavesLikeTheOriginal(() => onRedis.service);

  it('is answered by the Redis store, key by key', async () => {
    expect(onRedis.service.store).toBe('redis');
    expect(await onRedis.redis.client.call('JSON.GET', 'user:2')).toBe(
      '{"name":"Eden Zamir","email":"eden.zamir@example.com","age":29,"city":"Tel Aviv"}',
    );
  });
});
