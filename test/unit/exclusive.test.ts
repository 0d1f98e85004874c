/** One command at a time: whatever ends the wait for a lock, the lock is free afterwards. */
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

const silence = { update: () => undefined, end: () => undefined };
const report = { say: () => undefined, log: () => undefined, begin: () => silence };
const lock = join(folder, 'home', 'locks', 'stack');
const plan = { title: 'a plan', steps: [], lock };

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
  const work = exclusively(plan, systems, { report, signal: controller.signal }, () => Promise.resolve('done'));
  await expect(work).rejects.toThrow('interrupted');
  await late;
  await expect.poll(() => takeLock(lock)).toMatchObject({ kind: 'ok' });
});
