/** vitest's globalSetup: one Docker engine with the stand-in images for all test files of a run, and a copy for more. */
import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { COMPILE_CACHE } from './cli.ts';
import {
  engineMissing,
  ownEngineMissing,
  startEngine,
  startSharedEngine,
  type Engine,
} from '../fakes/docker-engine.ts';
import { loadImages } from '../fakes/images.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `inject('docker')` */
    readonly docker: DockerOfTests;
  }
}

export interface DockerOfTests {
  /** Why the tests that need an engine are skipped; undefined when there is one. */
  readonly missing: string | undefined;
  /** What a child process needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where an engine of a file's own gets the stand-in images from. */
  readonly images: string | undefined;
}

const NEED_ENGINE = ['integration'];
const NONE = { env: {}, images: undefined };

/** Takes some seconds: images are loaded once, and every engine of a run begins with a copy of them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await rm(COMPILE_CACHE, { recursive: true, force: true });
  const engines: Engine[] = [];
  project.provide('docker', await startOrSay(project, engines));
  return () => stopAll(engines);
}

/** The engine, or why there is none. */
async function startOrSay(project: TestProject, engines: Engine[]): Promise<DockerOfTests> {
  const isNeeded = project.vitest.projects.some(({ name }) => NEED_ENGINE.includes(name));
  const missing = isNeeded ? engineMissing : 'none of the chosen projects needs it';
  if (missing !== undefined) return { ...NONE, missing };
  try {
    const images = ownEngineMissing === undefined ? await loadedImages(engines) : undefined;
    const engine = await startSharedEngine(images === undefined ? {} : { images });
    engines.push(engine);
    if (!engine.own) await loadImages(engine);
    return { missing: undefined, env: engine.env, images };
  } catch (error) {
    await stopAll(engines);
    throw error;
  }
}

/** Left by an engine that has done nothing but load them. */
async function loadedImages(engines: Engine[]): Promise<string> {
  const engine = await startEngine();
  engines.push(engine);
  await loadImages(engine);
  return engine.retire();
}

async function stopAll(engines: readonly Engine[]): Promise<void> {
  await Promise.all(engines.map((engine) => engine.stop()));
}
