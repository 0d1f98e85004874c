/** Draws everything that a person sees. The only file that knows chalk and ora. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Ora } from 'ora';
import type { Problem } from '../problem.ts';
import type { Cell, Line, Progress, Report, Result, Table, Tone } from '../report.ts';

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

export function createReporter(options: ReporterOptions): Reporter {
  const { stdout, stderr } = process;
  const out = new Chalk({ level: colorLevel(stdout, options) });
  const err = new Chalk({ level: colorLevel(stderr, options) });
  const animated = canAnimate(stderr, options);
  const say = (text: string, tone: Tone = 'dim'): void => {
    if (!options.quiet) stderr.write(`${paint(err, SIGNS[tone], tone)} ${text}\n`);
  };
  return {
    say,
    begin: (text) => (animated ? spinner(text, say) : plainProgress(text, say)),
    log: (text) => {
      if (!options.quiet) stderr.write(`${stderr.isTTY ? readableLog(text, err) : text}\n`);
    },
    result: ({ view }) => {
      for (const block of view)
        stdout.write(block.kind === 'table' ? drawTable(block, out, width(stdout)) : drawLine(block, out));
    },
    problem: ({ message, hint }) => {
      const [first = '', ...rest] = message.split('\n');
      stderr.write(`${err.red('Error:')} ${first}\n${rest.map((more) => `  ${more}\n`).join('')}`);
      if (hint !== undefined) stderr.write(`${err.cyan('→')} ${hint}\n`);
    },
  };
}

/** A terminal that does not know its width (script(1), expect, some CI) has no columns: ora would clear for ever. */
function canAnimate({ isTTY, columns }: NodeJS.WriteStream, { quiet, environment }: ReporterOptions): boolean {
  return isTTY && columns > 0 && !quiet && environment['TERM'] !== 'dumb' && !environment['CI'];
}

/** https://no-color.org and https://force-color.org; chalk itself knows only the second. */
function colorLevel(stream: NodeJS.WriteStream, { color, environment }: ReporterOptions): 0 | 1 {
  if (!color || environment['NO_COLOR']) return 0;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? 0 : 1;
  return stream.isTTY && environment['TERM'] !== 'dumb' ? 1 : 0;
}

function paint(chalk: ChalkInstance, text: string, tone: Tone | undefined): string {
  if (tone === undefined) return text;
  return { good: chalk.green, bad: chalk.red, note: chalk.yellow, dim: chalk.dim }[tone](text);
}

function drawLine({ text, tone }: Line, chalk: ChalkInstance): string {
  return `${paint(chalk, text, tone)}\n`;
}

function drawTable({ columns, rows }: Table, chalk: ChalkInstance, limit: number): string {
  const body = rows.map((row) => row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)));
  const widths = columns.map((title, index) =>
    Math.max(title.length, ...body.map((row) => row[index]?.text.length ?? 0)),
  );
  const last = columns.length - 1;
  const indent = widths.slice(0, last).reduce((sum, column) => sum + column + COLUMN_GAP.length, 0);
  const draw = (row: readonly Cell[]): string => {
    const cells = row.map(({ text, tone }, index) => {
      if (index < last) return paint(chalk, text, tone) + ' '.repeat((widths[index] ?? 0) - text.length);
      const lines = wrap(text, limit - indent);
      return lines.map((part) => paint(chalk, part, tone)).join(`\n${' '.repeat(indent)}`);
    });
    return `${cells.join(COLUMN_GAP).trimEnd()}\n`;
  };
  return draw(columns.map((text) => ({ text, tone: 'dim' }))) + body.map(draw).join('');
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

function width({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY && columns > 0 ? columns : Infinity;
}

/** Is drawn once ora is loaded: what is quicker than that needs no animation. */
function spinner(text: string, say: Report['say']): Progress {
  let current = text;
  let ended = false;
  let shown: Ora | undefined;
  void import('ora').then(({ default: ora }) => {
    if (!ended) shown = ora({ text: current, stream: process.stderr, discardStdin: false }).start();
  });
  return {
    update: (next) => {
      current = next;
      if (shown) shown.text = next;
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
function readableLog(text: string, chalk: ChalkInstance): string {
  const { severity, time, message, ...rest } = parseLog(text);
  if (typeof severity !== 'string' || typeof time !== 'string' || typeof message !== 'string') return text;
  const tone = severity === 'INFO' ? 'dim' : severity === 'WARNING' ? 'note' : 'bad';
  const details = Object.entries(rest).map(([name, value]) => chalk.dim(`${name}=${JSON.stringify(value)}`));
  return [chalk.dim(time.slice(11, 19)), paint(chalk, severity.padEnd(8), tone), message, ...details].join(' ');
}

function parseLog(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
