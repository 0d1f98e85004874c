import { defineConfig } from 'vitest/config';

/** What each project needs is in docs/architecture.md; what is missing is skipped, and said. */
const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/docker-setup.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    projects: [
      project('unit', 30_000),
      project('service', 60_000),
      project('integration', 120_000),
      project('e2e', 120_000),
    ],
    // Most of the time they wait for a server, an engine or gcloud. But a Redis that is given is one for all files, each of
    // which begins by removing the users in it.
    maxWorkers: process.env['REDISDEMO_TEST_REDIS_URL'] === undefined ? 3 : 1,
  },
});
