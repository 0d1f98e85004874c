/** Prints what the last `npm test` counted, and fails when a test was skipped: CI has all that the tests need. */
import { readFile } from 'node:fs/promises';

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const file = new URL('../test-results/vitest.json', import.meta.url);
const report = JSON.parse(await readFile(file, 'utf8')) as Report;
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
for (const { fullName } of skipped) process.stdout.write(`skipped: ${fullName}\n`);
// A file that cannot be loaded has no tests to count, and is a failure all the same.
const failures = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
process.stdout.write(
  `${String(report.numPassedTests)} passed, ${String(failures)} failed, ${String(skipped.length)} skipped\n`,
);
process.exitCode = failures > 0 || skipped.length > 0 || report.numPassedTests === 0 ? 1 : 0;
