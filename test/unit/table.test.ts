import { describe, expect, it } from 'vitest';
import { drawTable } from '../../src/cli/table.ts';
import type { Cell } from '../../src/report.ts';

const plain = (text: string): string => text;

function draw(rows: readonly (readonly (Cell | string)[])[], limit = Infinity): Promise<string> {
  return drawTable({ kind: 'table', columns: ['name', 'state'], rows }, plain, limit);
}

describe('a table', () => {
  it.each([
    ['ideograms', '数据库', '数据库  ready'],
    ['an emoji', '🚀🚀', '🚀🚀  ready'],
    ['an emoji of several characters', '👩‍👩‍👧‍👦ab', '👩‍👩‍👧‍👦ab  ready'],
    ['a combining mark', 'cafe\u0301', 'cafe\u0301  ready'],
    ['a zero-width joiner', 'na\u200dme', 'na\u200dme  ready'],
  ])('aligns its columns with %s', async (_title, name, line) => {
    const width = name === '数据库' ? 6 : 4;
    expect(await draw([[name, 'ready']])).toBe(`${'name'.padEnd(width)}  state\n${line}\n`);
  });

  it('wraps the last column between words, at the cells of the terminal', async () => {
    const drawn = await draw([['redis', '数据库 数据库 数据库 ready']], 7 + 16);
    expect(drawn).toBe('name   state\nredis  数据库 数据库\n       数据库 ready\n');
  });

  it('leaves a word that is too long to the terminal', async () => {
    const word = 'x'.repeat(40);
    expect(await draw([['redis', `a ${word} b`]], 30)).toBe(`name   state\nredis  a\n       ${word}\n       b\n`);
  });

  it('colours each line of a cell by itself, and no padding', async () => {
    const paint = (text: string, tone?: string): string => (tone === 'good' ? `<${text}>` : text);
    const rows = [[{ text: '数', tone: 'good' } as const, { text: 'several words here', tone: 'good' } as const]];
    const drawn = await drawTable({ kind: 'table', columns: ['name', 'state'], rows }, paint, 6 + 16);
    expect(drawn).toBe('name  state\n<数>    <several words>\n      <here>\n');
  });

  it('shows control characters as escapes, and aligns those', async () => {
    expect(await draw([['\u001b[31m', '\u202e']])).toBe('name      state\n\\x1b[31m  \\u202e\n');
  });
});
