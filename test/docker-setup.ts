/** For vitest's globalSetup: one Docker engine with the stand-in images, for all test files of a run. */
import type { TestProject } from 'vitest/node';
import { engineMissing, startSharedEngine, type Engine } from './fakes/docker-engine.ts';
import { loadImages } from './fakes/images.ts';

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
}

const NEED_ENGINE = ['integration', 'e2e'];

/** Takes about two seconds, and more than one at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const engine = await startOrSay(project);
  if (typeof engine === 'string') {
    project.provide('docker', { missing: engine, env: {} });
    return () => Promise.resolve();
  }
  await loadOrStop(engine);
  project.provide('docker', { missing: undefined, env: engine.env });
  return engine.stop;
}

/** The engine, or why there is none. */
async function startOrSay(project: TestProject): Promise<Engine | string> {
  const isNeeded = project.vitest.projects.some(({ name }) => NEED_ENGINE.includes(name));
  if (!isNeeded) return 'none of the chosen projects needs it';
  return engineMissing ?? startSharedEngine().catch(String);
}

async function loadOrStop(engine: Engine): Promise<void> {
  try {
    await loadImages(engine);
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
