/** One command at a time: a lock that is held is respected, and whatever ends the wait for it, it is free afterwards. */
import { silentReport } from '../support/silent-report.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exclusively } from '../../src/plan/exclusive.ts';
import type { Systems } from '../../src/plan/systems.ts';
import { takeLock } from '../../src/systems/files/locks.ts';

const folder = mkdtempSync(join(tmpdir(), 'redisdemo-lock-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const lock = join(folder, 'home', 'locks', 'stack');
const plan = { title: 'a plan', steps: [], lock };

it('a lock that is held names its holder to everybody else, and is free after the release', async () => {
  const first = await takeLock(lock);
  if (first.kind !== 'ok') throw new Error('the lock was not free');
  const reason = `another redisdemo (pid ${String(process.pid)}) is at work`;
  expect(await takeLock(lock)).toEqual({ kind: 'absent', reason });
  await first.value();
  const second = await takeLock(lock);
  if (second.kind !== 'ok') throw new Error('the lock was not released');
  await second.value();
});

it('a lock that comes after an interruption is given back', async () => {
  const controller = new AbortController();
  let late: Promise<unknown> = Promise.resolve();
  /** Interrupted while the lock is being taken. */
  const take = (file: string) => {
    const taking = takeLock(file);
    late = taking;
    controller.abort(new Error('interrupted'));
    return taking;
  };
  const systems = { locks: { take } } as unknown as Systems;
  const work = exclusively(plan, systems, { report: silentReport, signal: controller.signal }, () =>
    Promise.resolve('done'),
  );
  await expect(work).rejects.toThrow('interrupted');
  await late;
  await expect.poll(() => takeLock(lock)).toMatchObject({ kind: 'ok' });
});
