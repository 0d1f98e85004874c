import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

function read(name: string): string {
  return readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
}

test('docs/performance.md names every benchmark, and no other', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
  const benchmarks = Object.keys(scripts).filter((name) => name.startsWith('bench:'));
  const named = read('docs/performance.md').match(/\bbench:[a-z]+/g) ?? [];
  expect(new Set(named)).toEqual(new Set(benchmarks));
});
