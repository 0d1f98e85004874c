import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../src/problem.ts';

const SOURCE = new URL('../../src/', import.meta.url);
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && name !== 'problem.ts',
);

function* literalsIn(node: ts.Node): Generator<ts.StringLiteral> {
  if (ts.isStringLiteral(node)) yield node;
  for (const child of node.getChildren()) yield* literalsIn(child);
}

/** A code that is compared or looked up is read there, and thrown somewhere else. */
function isRead({ parent }: ts.StringLiteral): boolean {
  if (ts.isBinaryExpression(parent)) return /^[!=]==$/.test(parent.operatorToken.getText());
  for (let node: ts.Node = parent; !ts.isSourceFile(node); node = node.parent)
    if (ts.isLiteralTypeNode(node) || (ts.isNewExpression(node) && node.expression.getText() === 'Set')) return true;
  return false;
}

function* creationsIn(node: ts.Node): Generator<ts.Expression> {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Problem' && node.arguments?.[0])
    yield node.arguments[0];
  for (const child of node.getChildren()) yield* creationsIn(child);
}

const sources = files.map((name) =>
  ts.createSourceFile(name, readFileSync(new URL(name, SOURCE), 'utf8'), ts.ScriptTarget.Latest, true),
);

describe('the table of error codes', () => {
  it('has every code that is thrown', () => {
    const thrown = sources.flatMap((file) =>
      [...creationsIn(file)].flatMap((code) => [...literalsIn(code)].filter((each) => !isRead(each))),
    );
    expect(thrown.length).toBeGreaterThan(100);
    expect(thrown.map(({ text }) => text).filter((code) => !Object.hasOwn(PROBLEM_CODES, code))).toEqual([]);
  });

  it('has no code that nothing throws', () => {
    const written = new Set(
      sources.flatMap((file) => [...literalsIn(file)].filter((each) => !isRead(each)).map(({ text }) => text)),
    );
    expect(Object.keys(PROBLEM_CODES).filter((code) => !written.has(code))).toEqual([]);
  });

  it('gives each code a meaning of its own', () => {
    const meanings = Object.values(PROBLEM_CODES).map(([, meaning]) => meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
    expect(meanings.filter((meaning) => !/^[A-Za-z].*[.]$/.test(meaning))).toEqual([]);
  });
});
