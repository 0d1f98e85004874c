/** The commands that the product's sentences and documents tell people to type. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

interface CommandInText {
  /** File and line. */
  readonly where: string;
  /** What follows `redisdemo`, word by word. */
  readonly words: readonly string[];
}

/** Words after `redisdemo` in sentences about the program itself, and what code puts there to name something else. */
const VERBS: ReadonlySet<string> = new Set(
  '$name $words $...commandWords asks can cannot chose created creates deployed did does found has is keeps knows made manages needs read removed sets stored stores uses was without'.split(
    ' ',
  ),
);

/** Where a command ends: at a mark of the sentence or of the shell, or at the gap before the next sentence. */
const END = /[,;:"'`()<>|&#…\n]| {2}|\.(?:\s|$)|\s\\/;

export function commandsInSources(root: string): readonly CommandInText[] {
  return globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
    return literalsOf(source, source).flatMap(({ text, line }) => commandsOf(text, `${file}:${String(line)}`));
  });
}

/** Only what stands in a code block: prose also names parts of commands. */
export function commandsInDocuments(root: string): readonly CommandInText[] {
  return globSync(['README.md', 'docs/**/*.md'], { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^```(?:sh|console)\n([^]*?)^```/gm)].flatMap(
      ([, block = '']) => commandsOf(block, file),
    ),
  );
}

function commandsOf(text: string, where: string): readonly CommandInText[] {
  return [...text.matchAll(/(?<![\w/.-])redisdemo ([^]*?)(?=(?<![\w/.-])redisdemo |$)/g)].flatMap(([, rest = '']) => {
    const words = (rest.split(END)[0] ?? '').trim().split(' ').filter(Boolean);
    return words[0] === undefined || VERBS.has(words[0]) ? [] : [{ where, words }];
  });
}

interface Literal {
  readonly text: string;
  readonly line: number;
}

/** The strings of a file; what a template fills in stands in them as `$name`. */
function literalsOf(node: ts.Node, source: ts.SourceFile): readonly Literal[] {
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    // Its first argument is what follows `redisdemo`: src/targets/cloudrun/place/commands.ts.
    const isCommand = ts.isCallExpression(node.parent) && node.parent.expression.getText(source) === 'commandFor';
    return [{ text: isCommand ? `redisdemo ${node.text}` : node.text, line }];
  }
  const inside: Literal[] = [];
  node.forEachChild((child) => {
    inside.push(...literalsOf(child, source));
  });
  if (!ts.isTemplateExpression(node)) return inside;
  const spans = node.templateSpans.map(({ expression, literal }) => nameOf(expression, source) + literal.text);
  return [{ text: node.head.text + spans.join(''), line }, ...inside];
}

function nameOf(expression: ts.Expression, source: ts.SourceFile): string {
  return `$${/[\w.]+/.exec(expression.getText(source))?.[0] ?? ''}`;
}
