/** The service and the Redis behind it, for the tests of one `describe`. */
import { afterAll, beforeAll, expect } from 'vitest';
import { openTestRedis, type TestRedis } from '../fakes/test-redis.ts';
import { startService, type ServiceProcess } from './service-process.ts';

interface ServiceOnRedis {
  readonly redis: TestRedis;
  readonly service: ServiceProcess;
}

/**
 * To be called in a `describe`. Both are there once its tests run: before that they cannot be read, so the result is not
 * taken apart. The service must stop with 0.
 */
export function serviceOnTestRedis(): ServiceOnRedis {
  let redis: TestRedis;
  let service: ServiceProcess;
  beforeAll(async () => {
    redis = await openTestRedis();
    service = await startService(redis.env);
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    await redis.close();
  });
  return {
    get redis() {
      return redis;
    },
    get service() {
      return service;
    },
  };
}
