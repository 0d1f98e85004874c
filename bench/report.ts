/** From rounds to words. */
import { judge, type Budget, type Measured, type Verdict } from './budget.ts';
import type { ContenderName } from './contenders.ts';
import type { Figure, Round } from './round.ts';
import { paired, spread, spreadText, type Spread } from './spread.ts';
import { METHOD_FIGURES, METHODS } from './turns.ts';

/** In the order of the tables, with the decimals that its noise leaves meaningful. */
const FIGURES: readonly (readonly [Figure, number])[] = [
  ...METHOD_FIGURES,
  ['cold start ms', 0],
  ['cold start CPU ms', 0],
  ['peak memory MiB', 0],
];

type BudgetRow = Budget & { readonly figure: Figure; readonly against: ContenderName };

const BUDGETS: readonly BudgetRow[] = [
  ...METHODS.flatMap((method): BudgetRow[] => [
    ratio(`${method} req/s`, 'bare Fastify', 'at least', 1),
    { ...ratio(`${method} req/s`, 'bare Fastify', 'at least', 0.95), decidedBy: 'every round' },
    ratio(`${method} req/s`, 'bare http', 'at least', 0.95),
    ratio(`${method} p99 ms`, 'bare Fastify', 'at most', 1.05),
  ]),
  ratio('cold start ms', 'bare http', 'at most', 1.05),
  ratio('peak memory MiB', 'bare Fastify', 'at most', 1.05),
];

/** What each contender needs: medians of the rounds. */
export function figureRows(rounds: readonly Round[], names: readonly ContenderName[]): string[][] {
  const rows = FIGURES.map(([figure, decimals]) => [
    figure,
    ...names.map((name) => spread(valuesOf(rounds, name, figure)).median.toFixed(decimals)),
  ]);
  return [['median', ...names], ...rows];
}

/** The service's share of what the others need, with the least and the most: the ratios are taken round by round. */
export function ratioRows(rounds: readonly Round[], names: readonly ContenderName[]): string[][] {
  const rivals = names.filter((name) => name !== 'service');
  const rows = FIGURES.map(([figure]) => [
    figure,
    ...rivals.map((name) => spreadText(ratioTo(rounds, name, figure), 2)),
  ]);
  return [['service ÷', ...rivals], ...rows];
}

export function judgeBudgets(rounds: readonly Round[]): Verdict[] {
  const measured = ({ figure, against }: BudgetRow): Measured => {
    const ratio = ratioTo(rounds, against, figure);
    return Number.isNaN(ratio.median) ? 'this system has no /proc to read it from' : ratio;
  };
  return BUDGETS.map(({ figure, against, ...budget }) => judge(budget, measured({ figure, against, ...budget })));
}

function ratio(figure: Figure, against: ContenderName, keep: Budget['keep'], limit: number): BudgetRow {
  return { title: `${figure}, service ÷ ${against}`, figure, against, keep, limit, decimals: 2 };
}

function ratioTo(rounds: readonly Round[], name: ContenderName, figure: Figure): Spread {
  const [service, rival] = [valuesOf(rounds, 'service', figure), valuesOf(rounds, name, figure)];
  return paired(service, rival, (ours, theirs) => ours / theirs);
}

function valuesOf(rounds: readonly Round[], name: ContenderName, figure: Figure): number[] {
  return rounds.map((round) => round.get(name)?.[figure] ?? NaN);
}
