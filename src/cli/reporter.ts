/** Draws everything that a person sees. The only file that knows ora. */
import { styleText } from 'node:util';
import type { Ora } from 'ora';
import { printable, printableLine } from '../text/foreign-text.ts';
import type { Problem } from '../problem.ts';
import type { Block, Cell, Progress, Report, Result, Table, Tone } from '../report.ts';
import { err, out, type Output } from './output.ts';

export interface ReporterOptions {
  readonly quiet: boolean;
  /** False forbids colours; true leaves the choice to the environment and the terminal. */
  readonly color: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Reporter extends Report {
  readonly result: (result: Result) => void;
  readonly problem: (problem: Problem) => void;
}

/** Without a terminal a line says every so often that work goes on. */
const STILL_WORKING_MS = 10_000;
const COLUMN_GAP = '  ';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', note: '!', dim: '·' };

const STYLES = { good: 'green', bad: 'red', note: 'yellow', dim: 'dim', error: 'red', hint: 'cyan' } as const;

type Paint = (text: string, style: keyof typeof STYLES | undefined) => string;

export function createReporter(options: ReporterOptions): Reporter {
  const paintOut = painter(out, options);
  const paintErr = painter(err, options);
  const say = (text: string, tone: Tone = 'dim'): void => {
    if (!options.quiet) err.write(`${paintErr(SIGNS[tone], tone)} ${indented(text)}\n`);
  };
  return {
    say,
    begin: (text) => (canAnimate(err, options) ? spinner(text, say) : plainProgress(text, say)),
    log: (text) => {
      if (!options.quiet) err.write(`${err.terminal ? readableLog(text, paintErr) : printableLine(text)}\n`);
    },
    result: ({ view }) => {
      for (const block of view) out.write(draw(block, paintOut));
    },
    problem: ({ message, hint }) => {
      err.write(`${paintErr('Error:', 'error')} ${indented(message)}\n`);
      if (hint !== undefined) err.write(`${paintErr('→', 'hint')} ${printable(hint)}\n`);
    },
  };
}

/** A terminal that does not know its width (script(1), expect, some CI) has no columns: ora would clear for ever. */
function canAnimate({ terminal }: Output, { quiet, environment }: ReporterOptions): boolean {
  return (
    terminal !== undefined && terminal.columns > 0 && !quiet && environment['TERM'] !== 'dumb' && !environment['CI']
  );
}

function painter(output: Output, options: ReporterOptions): Paint {
  return (text, style) =>
    style === undefined || !hasColors(output, options)
      ? text
      : styleText(STYLES[style], text, { validateStream: false });
}

/** https://no-color.org and https://force-color.org. */
function hasColors({ terminal }: Output, { color, environment }: ReporterOptions): boolean {
  if (!color || environment['NO_COLOR']) return false;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return terminal !== undefined && environment['TERM'] !== 'dumb';
}

/** Only what another program is to read is drawn as it is: everything else may hold text from another system. */
function draw(block: Block, paint: Paint): string {
  if (block.kind === 'table') return drawTable(block, paint, width(out));
  if (block.kind === 'exact') return `${block.text}\n`;
  if (block.kind === 'text') return `${printable(block.text)}\n`;
  return `${paint(printableLine(block.text), block.tone)}\n`;
}

/** What follows the first line stands below it, so that no text from another system looks like a line of redisdemo's. */
function indented(text: string): string {
  return printable(text).split('\n').join('\n  ');
}

function drawTable({ columns, rows }: Table, paint: Paint, limit: number): string {
  const body = rows.map((row) => row.map(printableCell));
  const widths = columns.map((title, index) =>
    Math.max(title.length, ...body.map((row) => row[index]?.text.length ?? 0)),
  );
  const last = columns.length - 1;
  const indent = widths.slice(0, last).reduce((sum, column) => sum + column + COLUMN_GAP.length, 0);
  const drawRow = (row: readonly Cell[]): string => {
    const cells = row.map(({ text, tone }, index) => {
      if (index < last) return paint(text, tone) + ' '.repeat((widths[index] ?? 0) - text.length);
      const lines = wrap(text, limit - indent);
      return lines.map((part) => paint(part, tone)).join(`\n${' '.repeat(indent)}`);
    });
    return `${cells.join(COLUMN_GAP).trimEnd()}\n`;
  };
  return drawRow(columns.map((text) => ({ text, tone: 'dim' }))) + body.map(drawRow).join('');
}

function printableCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: printableLine(cell) } : { ...cell, text: printableLine(cell.text) };
}

/** Never narrower than a word or two: a terminal that small wraps by itself. */
function wrap(text: string, limit: number): string[] {
  const room = Math.max(limit, 16);
  const lines = [''];
  for (const word of text.split(' ')) {
    const current = lines.at(-1) ?? '';
    if (current !== '' && current.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = current === '' ? word : `${current} ${word}`;
  }
  return lines;
}

function width({ terminal }: Output): number {
  return terminal !== undefined && terminal.columns > 0 ? terminal.columns : Infinity;
}

/** Is drawn once ora is loaded: what is quicker than that needs no animation. */
function spinner(text: string, say: Report['say']): Progress {
  let current = printableLine(text);
  let ended = false;
  let shown: Ora | undefined;
  void import('ora').then(({ default: ora }) => {
    if (!ended) shown = ora({ text: current, stream: process.stderr, discardStdin: false }).start();
  });
  return {
    update: (next) => {
      current = printableLine(next);
      if (shown) shown.text = current;
    },
    end: (last, tone = 'good') => {
      ended = true;
      shown?.stop();
      say(last, tone);
    },
  };
}

function plainProgress(text: string, say: Report['say']): Progress {
  let current = text;
  const timer = setInterval(() => {
    say(current);
  }, STILL_WORKING_MS).unref();
  return {
    update: (next) => {
      current = next;
    },
    end: (last, tone = 'good') => {
      clearInterval(timer);
      say(last, tone);
    },
  };
}

/** A line of the service's structured log, for reading. What is no such line stays as it is. */
function readableLog(text: string, paint: Paint): string {
  const { severity, time, message, ...rest } = parseLog(text);
  if (typeof severity !== 'string' || typeof time !== 'string' || typeof message !== 'string')
    return printableLine(text);
  const tone = severity === 'INFO' ? 'dim' : severity === 'WARNING' ? 'note' : 'bad';
  const details = Object.entries(rest).map(([name, value]) =>
    paint(printableLine(`${name}=${JSON.stringify(value)}`), 'dim'),
  );
  const [clock, level, words] = [time.slice(11, 19), severity.padEnd(8), message].map((part) => printableLine(part));
  return [paint(clock ?? '', 'dim'), paint(level ?? '', tone), words, ...details].join(' ');
}

function parseLog(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
