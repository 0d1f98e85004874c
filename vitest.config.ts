import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

/** Limits end what hangs. A machine of a tenth of the speed meets them: no test depends on how long something takes. */
const LIMIT_MS = 15 * MINUTE_MS;

/** What each project needs is in docs/architecture.md; what is missing is skipped, and said. */
const project = (name: string, testTimeout = LIMIT_MS, more = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: LIMIT_MS,
    ...more,
    expect: { poll: { interval: 50, timeout: 5 * MINUTE_MS } },
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    projects: [
      // Modules are loaded once for all files: they hold no state, or one that is meant for all, such as a loaded gcloud.
      project('unit', 5 * MINUTE_MS, { isolate: false }),
      project('service', LIMIT_MS, { isolate: false }),
      project('integration', LIMIT_MS, { isolate: false }),
      project('e2e', LIMIT_MS, { isolate: false }),
    ],
    teardownTimeout: LIMIT_MS,
    // Real servers and real processes share two cores: three at once were 3 of 15 minutes faster, and had each of them close
    // to its limits. And a Redis that is given is one for all files, each of which begins by removing the users in it.
    maxWorkers: process.env['REDISDEMO_TEST_REDIS_URL'] === undefined ? 2 : 1,
  },
});
