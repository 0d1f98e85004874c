import { formatMs, type Progress } from '../report.ts';

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
