/** What logic says while it works, and what it gives at the end. cli/reporter.ts draws it; nobody else does. */

/** How a cell or line is meant; the reporter chooses colour and sign. */
export type Tone = 'good' | 'bad' | 'note' | 'dim';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (Cell | string)[])[];
}

export interface Line {
  readonly kind: 'line';
  readonly text: string;
  readonly tone?: Tone;
}

/** The lines of another program's output, such as a log. */
export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

/** Written as it is, for another program to read: a script, the variables of `env`. */
export interface Exact {
  readonly kind: 'exact';
  readonly text: string;
}

export type Block = Table | Line | Text | Exact;

/** The result of a command: for people as blocks, for programs as data. */
export interface Result {
  readonly data: unknown;
  readonly view: readonly Block[];
}

/** Progress. It never goes to stdout. */
export interface Report {
  /** One thing that was done or found. */
  readonly say: (text: string, tone?: Tone) => void;
  /** Something that takes a while: drawn as it goes, said once it ends. */
  readonly begin: (text: string) => Progress;
  /** One line of another program's log. */
  readonly log: (line: string) => void;
}

export interface Progress {
  /** What it is doing now. */
  readonly update: (text: string) => void;
  readonly end: (text: string, tone?: Tone) => void;
}

export const line = (text: string, tone?: Tone): Line => ({ kind: 'line', text, ...(tone && { tone }) });

/** 1234 → "1.2 s", 12 → "12 ms", 1_800_000 → "30 min". */
export function formatMs(ms: number): string {
  if (ms >= 600_000) return `${(ms / 60_000).toFixed(0)} min`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const TICK_MS = 1000;

/** A progress that also says how long it has taken, and of how long it may. */
export function timed(progress: Progress, title: string, limitMs: number): Progress {
  const start = performance.now();
  let text = title;
  const show = (): void => {
    progress.update(`${text} (${formatMs(performance.now() - start)} of ${formatMs(limitMs)})`);
  };
  const timer = setInterval(show, TICK_MS).unref();
  return {
    update: (next) => {
      text = next;
      show();
    },
    end: (last, tone) => {
      clearInterval(timer);
      progress.end(last, tone);
    },
  };
}
