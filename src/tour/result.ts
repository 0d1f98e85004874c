import { formatMs, line, type Cell, type Result } from '../report.ts';
import type { RungReport } from './rung.ts';

/** @param removals the commands that remove what was kept */
export function tourResult(rungs: readonly RungReport[], removals: readonly string[]): Result {
  const walked = rungs.filter(({ outcome }) => outcome !== 'not reachable');
  const passed = walked.filter(({ outcome }) => outcome === 'passed').length;
  const summary = `${String(passed)} of ${String(walked.length)} rungs passed, ${String(rungs.length - walked.length)} not reachable`;
  return {
    data: { rungs },
    view: [
      { kind: 'table', columns: ['rung', 'smoke', 'time', 'left behind, or why not'], rows: rungs.map(row) },
      line(summary, passed === walked.length ? 'good' : 'bad'),
      ...removals.map((command) => line(`Remove what was kept with: ${command}`)),
    ],
  };
}

function row({ rung, outcome, reason, ms, leftBehind, before, smoke }: RungReport): (Cell | string)[] {
  const left = [...leftBehind, ...(before === undefined ? [] : [before])];
  const why = reason ?? (left.length > 0 ? left.join(', ') : 'nothing');
  if (outcome === 'not reachable') {
    return [{ text: rung, tone: 'dim' }, { text: '-', tone: 'dim' }, '', { text: why, tone: 'dim' }];
  }
  const held = smoke?.checks.filter((check) => check.outcome === 'passed').length ?? 0;
  const sign = outcome === 'passed' ? '✓' : '✗';
  const text = smoke ? `${sign} ${String(held)} of ${String(smoke.checks.length)}` : sign;
  return [rung, { text, tone: outcome === 'passed' ? 'good' : 'bad' }, formatMs(ms), why];
}
