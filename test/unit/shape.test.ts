/** The shape of the product's code: small files, named for one noun, of small functions. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const FILE_LINES = 300;
const MEDIAN_LINES = 75;
const FUNCTION_LINES = 60;
/** CPython's reader of JSON is one state machine: parts of it mean nothing by themselves. */
const LONG_FILES: ReadonlySet<string> = new Set(['service/src/text/json.ts']);

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = globSync('{src,service/src}/**/*.ts', { cwd: root }).map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, lines: text.trimEnd().split('\n').length };
});

it('no file is longer than 300 lines', () => {
  const long = sources.filter(({ file, lines }) => lines > FILE_LINES && !LONG_FILES.has(file));
  expect(long.map(({ file, lines }) => `${file}: ${String(lines)}`)).toEqual([]);
});

it('half of the files have at most 75 lines', () => {
  const sorted = sources.map(({ lines }) => lines).sort((one, other) => one - other);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES);
});

it('no function is longer than 60 lines', () => {
  expect(sources.flatMap(({ file, text }) => longFunctions(file, text))).toEqual([]);
});

/** @returns where each of them begins, and the lines of its body between the braces */
function longFunctions(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const [first, last] = [lineOf(node.body.getStart(source)), lineOf(node.body.getEnd())];
      const lines = ts.isBlock(node.body) ? last - first - 1 : last - first + 1;
      if (lines > FUNCTION_LINES) found.push(`${file}:${String(lineOf(node.getStart(source)) + 1)}: ${String(lines)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
