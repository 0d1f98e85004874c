/** Draws tables: columns by the width of their text on a terminal, the last one wrapped as commander wraps help. */
import { Help } from 'commander';
import type { Cell, Table } from '../report.ts';
import { printableLine } from '../text/foreign-text.ts';
import type { Paint } from './paint.ts';

const GAP = '  ';
/** The last column is never narrower than a word or two: a terminal that small wraps by itself. */
const LEAST_ROOM = 16;
/** Every character takes one cell: ASCII, Latin, and the dashes and dots of general punctuation. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*$/;

/** @param limit the width of the terminal, which the last column keeps to */
export async function drawTable({ columns, rows }: Table, paint: Paint, limit: number): Promise<string> {
  const header = columns.map((text): Cell => ({ text, tone: 'dim' }));
  const all = [header, ...rows.map((row) => row.map(printableCell))];
  const widthOf = await measure(all);
  const last = columns.length - 1;
  const widths = columns
    .slice(0, last)
    .map((_, index) => Math.max(...all.map((row) => widthOf(row[index]?.text ?? ''))));
  const indent = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const help = Object.assign(new Help(), { displayWidth: widthOf, minWidthToWrap: LEAST_ROOM });
  const drawCell = ({ text, tone }: Cell, index: number): string => {
    if (index < last) return paint(text, tone) + ' '.repeat((widths[index] ?? 0) - widthOf(text));
    const lines = help.boxWrap(text, Math.max(limit - indent, LEAST_ROOM)).split('\n');
    return lines.map((part) => paint(part, tone)).join(`\n${' '.repeat(indent)}`);
  };
  return all.map((row) => `${row.map(drawCell).join(GAP).trimEnd()}\n`).join('');
}

/** Terminal cells. string-width is loaded only when needed: its Intl.Segmenter takes a sixth of the start-up. */
async function measure(rows: readonly (readonly Cell[])[]): Promise<(text: string) => number> {
  if (rows.flat().every(({ text }) => NARROW.test(text))) return (text) => text.length;
  const { default: stringWidth } = await import('string-width');
  return (text) => stringWidth(text);
}

function printableCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: printableLine(cell) } : { ...cell, text: printableLine(cell.text) };
}
