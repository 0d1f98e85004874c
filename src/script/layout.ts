/** Commands for people, broken between flags to fit a terminal. */
import { quote } from './shell.ts';

/** A terminal's 80, without the prompt sign and the end of a broken line. */
const COLUMNS = 74;
const INDENT = '  ';

/** @param parts each stays whole, such as a flag with its value */
export function layout(parts: readonly string[]): string {
  const [first = '', ...rest] = parts;
  const lines = [first];
  for (const part of rest) {
    const current = lines.at(-1) ?? '';
    if (lastLine(current).length + 1 + firstLine(part).length <= COLUMNS)
      lines[lines.length - 1] = `${current} ${part}`;
    else lines.push(indented(part));
  }
  return lines.join(' \\\n');
}

export function piped(source: string, ...sinks: readonly string[]): string {
  const line = [source, ...sinks].join(' | ');
  return !line.includes('\n') && line.length <= COLUMNS ? line : [source, ...sinks.map(indented)].join(' |\n');
}

export function indented(lines: string): string {
  return lines.replace(/^/gm, INDENT);
}

/** The words before the first flag belong together. */
export function partsOf(words: readonly string[]): readonly string[] {
  const flag = words.findIndex((word) => word.startsWith('--'));
  const end = flag < 0 ? words.length : flag;
  return [words.slice(0, end).map(bashWord).join(' '), ...words.slice(end).map(bashWord)];
}

/** Line breaks are escaped, because the output is indented. */
export function bashWord(text: string): string {
  if (!text.includes('\n')) return quote(text);
  const escaped = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `$'${escaped}'`;
}

/** JSON in as few lines as there is room for. @param render a value that JSON does not have */
export function jsonLayout(value: unknown, render: (value: unknown) => string | undefined, indent = ''): string {
  const own = render(value);
  if (own !== undefined) return own;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}${INDENT}`;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => jsonLayout(item, render, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${jsonLayout(item, render, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  const line = `${open ?? ''}${items.join(', ')}${close ?? ''}`;
  if (!line.includes('\n') && indent.length + line.length <= COLUMNS - INDENT.length) return line;
  return `${open ?? ''}\n${items.map((item) => `${inner}${item}`).join(',\n')}\n${indent}${close ?? ''}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
