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
    // Real servers and real processes share two cores: three at once were 3 of 15 minutes faster, and had each of them close
    // to its limits. And a Redis that is given is one for all files, each of which begins by removing the users in it.
    maxWorkers: process.env['REDISDEMO_TEST_REDIS_URL'] === undefined ? 2 : 1,
  },
});
