/** Whoever asks for the status of a service has not said where its database is: none is asked. */
import { expect, it } from 'vitest';
import { localTarget } from '../../src/targets/local/stage-work.ts';
import type { Invocation } from '../../src/command/invocation.ts';
import { findHome } from '../../src/home.ts';
import { ok } from '../../src/plan/answer.ts';

const URL = 'http://127.0.0.1:8000';
const LOG = '{"level":40,"reason":"connect ECONNREFUSED 10.0.0.1:6379","msg":"Redis is away"}\n';

it('a service that cannot work is reported with the reason in its log, and REDISPASS goes nowhere', async () => {
  const asked: string[] = [];
  const outside = (name: string) => () => {
    asked.push(name);
    return Promise.reject(new Error(`${name} was asked`));
  };
  const systems = {
    processes: {
      recorded: () => Promise.resolve({ url: URL, env: {} }),
      log: () => Promise.resolve(LOG),
      lastWords: () => Promise.resolve(undefined),
    },
    perform: { present: () => Promise.resolve(ok(undefined)) },
    http: { send: () => Promise.resolve(ok({ status: 503, headers: {}, text: '' })) },
    redis: { call: outside('redis') },
    files: { describeSecret: outside('the password') },
  } as unknown as Invocation['systems'];
  const places = { home: findHome({ REDISDEMO_HOME: '/none' }), built: '/none', version: '0.0.0' };
  const working = { report: undefined as never, signal: new AbortController().signal };
  const [place] = (await localTarget.status?.({ places, systems, ...working } as unknown as Invocation)) ?? [];
  expect(await place?.ask()).toEqual({ state: 'partial', reason: 'connect ECONNREFUSED 10.0.0.1:6379' });
  expect(asked).toEqual([]);
});
