/** Work that is killed at every boundary, and done again: it ends as if nothing had been. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';
import { bundleProgram } from '../../scripts/program-bundle.ts';
import { everythingIn, filesIn, inspectOurs } from './docker-state.ts';
import type { Lab } from './lab.ts';
import type { PlanSettings } from './mortal.ts';

const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));
/** The program of each lab. */
const programs = new WeakMap<Lab, Promise<string>>();

export interface Life {
  /** undefined when it lived. */
  readonly diedAt: string | undefined;
  /** What it came by, in order. */
  readonly happened: readonly string[];
}

export interface Work {
  /** Dies at the first of these that it comes by. */
  readonly make: (deaths?: readonly string[]) => Promise<Life>;
  readonly remove: (deaths?: readonly string[]) => Promise<Life>;
  /** What was made, beside what Docker and the home hold. */
  readonly made?: () => Promise<unknown>;
}

/** Makes a plan, or takes it away. Dies where it first reports one of these. */
export async function runMortal(
  lab: Lab,
  work: 'make' | 'remove',
  plan: PlanSettings,
  deaths: readonly string[] = [],
): Promise<Life> {
  const { exitCode, signal, stdout, stderr } = await execa(
    process.execPath,
    [await programIn(lab), work, JSON.stringify(plan), JSON.stringify(deaths), BUILT],
    { env: { ...lab.env, NODE_COMPILE_CACHE: join(lab.cwd, 'cache') }, reject: false },
  );
  if (exitCode !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
  const happened = stdout.split('\n').filter(Boolean);
  return { diedAt: signal === 'SIGKILL' ? happened.at(-1) : undefined, happened };
}

/** Bundles mortal.ts as the CLI is bundled, because the tests start it several hundred times. */
async function programIn(lab: Lab): Promise<string> {
  const folder = join(lab.cwd, 'mortal');
  const built =
    programs.get(lab) ?? bundleProgram('test/support/mortal.ts', folder).then(() => join(folder, 'mortal.js'));
  programs.set(lab, built);
  return built;
}

/**
 * The list of boundaries is that of a run that is left alone. Then one run after the other dies at the next of them,
 * each going on from where the one before has died, until one may live.
 */
export async function dieEverywhere(lab: Lab, { make, remove, made }: Work): Promise<void> {
  const state = async () => ({
    docker: await inspectOurs(lab),
    files: await filesIn(lab.home),
    made: await made?.(),
  });
  const ground = await everythingIn(lab);
  const { happened: boundaries } = await make();
  const whole = await state();
  const { happened: removals } = await remove();
  expect(await everythingIn(lab)).toEqual(ground);

  expect(await survivors(make, boundaries)).toEqual([]);
  await make();
  expect(await state()).toEqual(whole);
  expect(await survivors(remove, removals)).toEqual([]);
  await remove();
  expect(await everythingIn(lab)).toEqual(ground);
}

/** The boundaries that no run came by. Whether there is something to wait for is another matter in each. */
async function survivors(work: Work['make'], boundaries: readonly string[]): Promise<readonly string[]> {
  const survived: string[] = [];
  let left = boundaries;
  while (left.length > 0) {
    const { diedAt } = await work(left);
    const at = diedAt === undefined ? left.length : left.indexOf(diedAt);
    survived.push(...left.slice(0, at).filter((boundary) => !isWait(boundary)));
    left = left.slice(at + 1);
  }
  return survived;
}

function isWait(boundary: string): boolean {
  return boundary.includes('waiting for');
}
