/** Draws everything that a person sees. The only file that knows ora. */
import type { Ora } from 'ora';
import type { Problem } from '../problem.ts';
import type { Block, Progress, Report, Result, Table, Tone } from '../report.ts';
import { printable, printableLine } from '../text/foreign-text.ts';
import { readableLog } from './log-line.ts';
import { err, out, type Output } from './output.ts';
import { painter, type Paint, type PaintOptions } from './paint.ts';
import { drawTable } from './table.ts';

interface ReporterOptions extends PaintOptions {
  readonly quiet: boolean;
}

interface Reporter extends Report {
  /** Draws everything before the first table at once; a table may load more code. */
  readonly result: (result: Result) => Promise<void>;
  readonly problem: (problem: Problem) => void;
}

/** Without a terminal, a line is repeated this often while work continues. */
const STILL_WORKING_MS = 10_000;

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', note: '!', dim: '·' };

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
    result: async ({ view }) => {
      for (const block of view)
        out.write(block.kind === 'table' ? await drawTable(block, paintOut, width(out)) : draw(block, paintOut));
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

/** Only text for another program is drawn unchanged: everything else may hold text from another system. */
function draw(block: Exclude<Block, Table>, paint: Paint): string {
  if (block.kind === 'exact') return `${block.text}\n`;
  if (block.kind === 'text') return `${printable(block.text)}\n`;
  return `${paint(printableLine(block.text), block.tone)}\n`;
}

/** Further lines are indented, so that no text from another system looks like a line of redisdemo's. */
function indented(text: string): string {
  return printable(text).split('\n').join('\n  ');
}

function width({ terminal }: Output): number {
  return terminal !== undefined && terminal.columns > 0 ? terminal.columns : Infinity;
}

/** Drawn once ora is loaded: work that ends sooner needs no animation. */
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
