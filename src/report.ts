/** Progress and results of commands. Only cli/reporter.ts renders them. */

/** The reporter chooses colour and sign. */
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

/** Another program's output, such as a log. */
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

export interface Result {
  readonly data: unknown;
  readonly view: readonly Block[];
}

/** Progress never goes to stdout. */
export interface Report {
  readonly say: (text: string, tone?: Tone) => void;
  /** Drawn while it lasts, logged once it ends. */
  readonly begin: (text: string) => Progress;
  readonly log: (line: string) => void;
}

export interface Progress {
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
