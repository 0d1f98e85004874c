/** Crash recovery: a run is killed at every boundary and run again, and ends in the state of a run without crashes. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';
import { bundleProgram } from '../../scripts/program-bundle.ts';
import { everythingIn, filesIn, inspectOurs } from './docker-state.ts';
import type { Sandbox } from './sandbox.ts';
import type { PlanSettings } from './crash-program.ts';

const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));
/** The bundled program of each sandbox. */
const programs = new WeakMap<Sandbox, Promise<string>>();

export interface CrashRun {
  /** undefined when it ran to its end. */
  readonly crashedAt: string | undefined;
  /** What it reported, in order. */
  readonly happened: readonly string[];
}

interface Work {
  /** Crashes at the first of these that it reports. */
  readonly make: (crashes?: readonly string[]) => Promise<CrashRun>;
  readonly remove: (crashes?: readonly string[]) => Promise<CrashRun>;
  /** What was made, beside what Docker and the home hold. */
  readonly made?: () => Promise<unknown>;
}

/** Carries out a plan, or removes it. Crashes where it first reports one of `crashes`. */
export async function runUntilCrash(
  sandbox: Sandbox,
  work: 'make' | 'remove',
  plan: PlanSettings,
  crashes: readonly string[] = [],
): Promise<CrashRun> {
  const { exitCode, signal, stdout, stderr } = await execa(
    process.execPath,
    [await programIn(sandbox), work, JSON.stringify(plan), JSON.stringify(crashes), BUILT],
    { env: { ...sandbox.env, NODE_COMPILE_CACHE: join(sandbox.cwd, 'cache') }, reject: false },
  );
  if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
  const happened = stdout.split('\n').filter(Boolean);
  return { crashedAt: signal === 'SIGKILL' ? happened.at(-1) : undefined, happened };
}

/** Bundles crash-program.ts as the CLI is bundled, because the tests start it several hundred times. */
async function programIn(sandbox: Sandbox): Promise<string> {
  const folder = join(sandbox.cwd, 'crash-program');
  const built =
    programs.get(sandbox) ??
    bundleProgram('test/support/crash-program.ts', folder).then(() => join(folder, 'crash-program.js'));
  programs.set(sandbox, built);
  return built;
}

/**
 * The boundaries are those of a run without crashes. Then one run after the other crashes at the next boundary, each
 * starting from what the one before it left, until one runs to its end.
 */
export async function crashEverywhere(sandbox: Sandbox, { make, remove, made }: Work): Promise<void> {
  const state = async () => ({
    docker: await inspectOurs(sandbox),
    files: await filesIn(sandbox.home),
    made: await made?.(),
  });
  const ground = await everythingIn(sandbox);
  const { happened: boundaries } = await make();
  const whole = await state();
  const { happened: removals } = await remove();
  expect(await everythingIn(sandbox)).toEqual(ground);

  expect(await unreached(make, boundaries)).toEqual([]);
  await make();
  expect(await state()).toEqual(whole);
  expect(await unreached(remove, removals)).toEqual([]);
  await remove();
  expect(await everythingIn(sandbox)).toEqual(ground);
}

/** The boundaries that no run reported. Waits are not among them: whether there is one differs from run to run. */
async function unreached(work: Work['make'], boundaries: readonly string[]): Promise<readonly string[]> {
  const missed: string[] = [];
  let left = boundaries;
  while (left.length > 0) {
    const { crashedAt } = await work(left);
    const at = crashedAt === undefined ? left.length : left.indexOf(crashedAt);
    missed.push(...left.slice(0, at).filter((boundary) => !isWait(boundary)));
    left = left.slice(at + 1);
  }
  return missed;
}

function isWait(boundary: string): boolean {
  return boundary.includes('waiting for');
}
