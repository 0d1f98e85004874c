/** Real processes for one test, ended with it however it ends. */
import { expect, onTestFinished } from 'vitest';
import { startJsonRedis, type JsonRedis } from '../fakes/json-redis.ts';
import type { RedisOptions } from '../fakes/redis-server.ts';
import { LONG_WAIT } from './long-wait.ts';
import { startService, type ServiceProcess } from './service-process.ts';

export async function redisWith(options: RedisOptions = {}): Promise<JsonRedis> {
  const redis = await startJsonRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
}

export async function serviceWith(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
  const service = await startService(env);
  onTestFinished(async () => {
    service.kill();
    await service.exited;
  });
  return service;
}

/** One line of the log. */
interface LogEntry {
  readonly severity: string;
  readonly message: string;
  readonly [name: string]: unknown;
}

/** What the service has logged that matches. Throws on a line that is not JSON. */
export function logged(service: ServiceProcess, pattern: RegExp): LogEntry[] {
  return service
    .log()
    .map((line) => JSON.parse(line) as LogEntry)
    .filter(({ message }) => pattern.test(message));
}

/** The log comes through a pipe, and may be read after the answer that it tells of. */
export async function untilLogged(service: ServiceProcess, pattern: RegExp, times = 1): Promise<LogEntry[]> {
  await expect.poll(() => logged(service, pattern), LONG_WAIT).toHaveLength(times);
  return logged(service, pattern);
}
