/** Work that is killed at every boundary, and done again: it ends as if nothing had been. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { execa } from 'execa';
import { expect } from 'vitest';
import { everythingIn, filesIn, inspectOurs } from './docker-state.ts';
import type { Lab } from './lab.ts';
import type { PlanSettings } from './mortal.ts';

const MORTAL = fileURLToPath(new URL('./mortal.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('../dist', import.meta.url));
const absentModule = fileURLToPath(new URL('../scripts/absent-module.cjs', import.meta.url));
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

/** mortal.ts with all that it imports, as one file: it is started some hundred times. Built as scripts/build.ts builds. */
async function programIn(lab: Lab): Promise<string> {
  const file = join(lab.cwd, 'mortal.mjs');
  const built = programs.get(lab) ?? bundle(file).then(() => file);
  programs.set(lab, built);
  return built;
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [MORTAL],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { ssh2: absentModule, '@grpc/grpc-js': absentModule, '@grpc/proto-loader': absentModule },
    define: { 'process.env.DOCKER_HOST': 'undefined' },
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);const __filename=import.meta.filename,__dirname=import.meta.dirname;",
    },
    logLevel: 'error',
  });
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
