import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cliDocs } from '../../scripts/cli-docs.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

it('docs/cli.md is what `npm run docs` writes', async () => {
  expect(page).toBe(await cliDocs());
});

it('no line of help is wider than 80 columns', () => {
  const blocks = [...page.matchAll(/```text\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'));
  expect(blocks.filter((line) => line.length > 80)).toEqual([]);
});
