import { formatMs, line, type Cell, type Line, type Result, type Table } from '../report.ts';
import { countOf, type CheckReport, type SmokeReport } from './smoke.ts';

const SIGNS: Readonly<Record<CheckReport['outcome'], Cell>> = {
  passed: { text: '✓', tone: 'good' },
  failed: { text: '✗', tone: 'bad' },
  'not run': { text: '-', tone: 'dim' },
};

const STORES: Readonly<Record<NonNullable<SmokeReport['store']>, string>> = {
  memory: ', with users in memory',
  redis: ', with users in Redis',
};

export function smokeResult(report: SmokeReport): Result {
  const table: Table = { kind: 'table', columns: ['', 'check', 'time', 'note'], rows: report.checks.map(row) };
  const summary = `${String(countOf(report.checks, 'passed'))} of ${String(report.checks.length)} checks passed at ${report.url}${report.store === undefined ? '' : STORES[report.store]}`;
  return {
    data: report,
    view: [
      table,
      ...report.checks.filter(({ outcome }) => outcome === 'failed').flatMap(difference),
      line(
        `${summary} (requests: p50 ${formatMs(report.p50)}, p95 ${formatMs(report.p95)})`,
        report.passed ? 'good' : 'bad',
      ),
    ],
  };
}

/** The format: https://github.com/testmoapp/junitxml */
export function junit({ url, checks }: SmokeReport): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const total = checks.reduce((sum, { ms }) => sum + ms, 0);
  const cases = checks.map(({ title, outcome, ms, expected = '', got = '' }) => {
    const failure = `<failure message="${escape(`expected ${expected}, got ${got}`)}"/>`;
    const words = { passed: '', 'not run': '<skipped/>', failed: failure }[outcome];
    return `    <testcase classname="smoke" name="${escape(title)}" time="${seconds(ms)}">${words}</testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escape(`smoke ${url}`)}" tests="${String(checks.length)}" failures="${String(countOf(checks, 'failed'))}" ` +
      `skipped="${String(countOf(checks, 'not run'))}" time="${seconds(total)}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function row({ title, outcome, ms, note }: CheckReport): (Cell | string)[] {
  const time = outcome === 'not run' ? '' : formatMs(ms);
  return [SIGNS[outcome], title, time, { text: note ?? (outcome === 'passed' ? '' : outcome), tone: 'note' }];
}

function difference({ title, expected = '', got = '' }: CheckReport): Line[] {
  return [line(`✗ ${title}`, 'bad'), line(`  expected ${expected}`), line(`  got      ${got}`)];
}

/** Drops characters that XML 1.0 does not allow. */
function escape(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
  return allowed.replace(/[<>&"'\n]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
