/** What is started with whatever Node a machine has can be read by an old one, which then hears what is wrong. */
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';

it.each([
  ['bin/redisdemo.js', 'es5'],
  ['scripts/start-build.cjs', 'node12.22'],
])('%s is written in the language of %s, and requires no module by a name that is newer', async (file, target) => {
  const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
  const [{ code }, { code: lowered }] = await Promise.all([transform(text), transform(text, { target })]);
  expect(lowered).toBe(code);
  expect(text).toContain("require('fs')");
  expect(text).not.toMatch(/['"]node:/);
});
