import { writeFile } from 'node:fs/promises';
import { Problem } from '../../problem.ts';
import { junit, smokeResult } from '../../smoke/result.ts';
import { smoke, waitUntilHealthy } from '../../smoke/smoke.ts';
import type { Invocation } from '../invocation.ts';
import { readConnection, type smokeSettings } from '../options.ts';
import type { Values } from '../setting.ts';

export async function smokeCommand(values: Values<typeof smokeSettings>, invocation: Invocation): Promise<void> {
  const { systems, signal, environment, finish } = invocation;
  const { url } = values;
  // Before the test: a result that cannot be written is found out first.
  if (values.junit !== undefined) await writeJunit(values.junit, '');
  if (values.wait !== undefined) await waitUntilHealthy(url, values.wait, systems, invocation);
  const report = await smoke({ url, connection: readConnection(values, environment), signal }, systems, invocation);
  if (values.junit !== undefined) await writeJunit(values.junit, junit(report));
  const failures = report.checks.filter(({ outcome }) => outcome === 'failed');
  const problem = new Problem('smoke_failed', {
    message: `The smoke test failed at ${url}: ${failures.map(({ title }) => title).join('; ')}.`,
    hint: report.checks.some(({ outcome }) => outcome === 'passed')
      ? 'The lines above say what was expected and what the service gave.'
      : 'Is the service running? Start it with: redisdemo serve   Or name another: redisdemo smoke --url URL',
  });
  finish(smokeResult(report), report.passed ? undefined : problem);
}

async function writeJunit(file: string, xml: string): Promise<void> {
  try {
    await writeFile(file, xml);
  } catch (error) {
    throw new Problem('bad_setting', {
      message: `The JUnit file cannot be written: ${(error as Error).message}`,
      hint: 'Give --junit the path of a file in a folder that exists.',
    });
  }
}
