/**
 * What the service costs beside the least that could do its work, and beside the tutorial's original.
 * The figures of one run compare with each other, never with those of another machine or another hour.
 */
import { verdictLines } from './budget.ts';
import { killAll } from './child.ts';
import { findContenders } from './contenders.ts';
import { shareCores } from './cores.ts';
import { startLoadGenerator } from './load-generator.ts';
import { watchMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { openRedis } from './redis.ts';
import { figureRows, judgeBudgets, ratioRows } from './report.ts';
import { playRound, rehearse, type Round, type RoundPlan } from './round.ts';
import { table } from './table.ts';

const options = readOptions('bench:service', {
  rounds: { words: 'how often each contender is started and measured', fallback: 5, least: 1, whole: true },
  seconds: { words: 'of load, a contender, method and round', fallback: 2, least: 0.25 },
});

try {
  process.stdout.write(await measure());
} finally {
  await killAll();
}

async function measure(): Promise<string> {
  const describeMachine = await watchMachine();
  const cores = await shareCores();
  const redis = await openRedis(process.env);
  const { all: contenders, original } = await findContenders(redis.settings);
  const { seconds } = options;
  const plan = { contenders, redis: redis.settings, prefix: cores.contender, seconds, load: startLoadGenerator() };
  const rounds = await play(plan);
  const names = contenders.map(({ name }) => name);
  const budgets = judgeBudgets(rounds);
  const notes = [
    ...[await describeMachine(), cores.note, `Redis: ${redis.note}`, `original: ${original}`],
    'busy: the share of its core that a contender used; well below 100, the load was the limit',
  ];
  if (options.json) {
    const figures = rounds.map((round) => Object.fromEntries(round));
    return `${JSON.stringify({ notes, rounds: figures, budgets }, null, 2)}\n`;
  }
  const tables = [figureRows(rounds, names), ratioRows(rounds, names)].map((rows) => table(rows));
  const explanation = `ratios: median (least–most) of ${String(rounds.length)} rounds`;
  return [...tables, `${[explanation, ...notes].join('\n')}\n`, verdictLines(budgets)].join('\n');
}

async function play(plan: RoundPlan): Promise<Round[]> {
  await rehearse(plan);
  const played: Round[] = [];
  for (let number = 0; number < options.rounds; number++) {
    process.stderr.write(`round ${String(number + 1)} of ${String(options.rounds)}\n`);
    played.push(await playRound(plan, number));
  }
  return played;
}
