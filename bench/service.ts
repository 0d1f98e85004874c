/**
 * What the service costs beside the least that could do its work, and beside the tutorial's original.
 * The figures of one run compare with each other, never with those of another machine or another hour.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { verdictLines } from './budget.ts';
import { findContenders } from './contenders.ts';
import { shareCores } from './cores.ts';
import { startLoadGenerator } from './load-generator.ts';
import { openRedis } from './redis.ts';
import { figureRows, judgeBudgets } from './report.ts';
import { playRound, rehearse, type Round } from './round.ts';
import { table } from './table.ts';

const USAGE = `npm run bench:service -- [--rounds 5] [--seconds 2] [--json]
  --rounds   how often each contender is started and measured
  --seconds  of load, a contender, method and round
  --json     one JSON document with every figure of every round
`;

const options = readOptions();
const cores = await shareCores();
const redis = await openRedis(process.env['REDISDEMO_TEST_REDIS_URL']);
const contenders = await findContenders(redis.settings);
const load = startLoadGenerator();
try {
  const rounds = await play();
  process.stdout.write(options.json ? json(rounds) : words(rounds));
} finally {
  await load.stop();
  await rm(contenders.directory, { recursive: true });
}
process.exit(); // ends redis-server too

async function play(): Promise<Round[]> {
  const { rounds, seconds } = options;
  const plan = { contenders: contenders.all, redis: redis.settings, prefix: cores.contender, seconds, load };
  await rehearse(plan);
  const played: Round[] = [];
  for (let number = 0; number < rounds; number++) {
    process.stderr.write(`round ${String(number + 1)} of ${String(rounds)}\n`);
    played.push(await playRound(plan, number));
  }
  return played;
}

function words(rounds: readonly Round[]): string {
  return [
    table(figureRows(rounds, names())),
    `median (least–most) of ${String(rounds.length)} rounds; ratios are taken round by round\n`,
    `${notes().join('\n')}\n`,
    verdictLines(judgeBudgets(rounds, absence())),
  ].join('\n');
}

function json(rounds: readonly Round[]): string {
  const figures = rounds.map((round) => Object.fromEntries(round));
  return `${JSON.stringify({ notes: notes(), rounds: figures, budgets: judgeBudgets(rounds, absence()) }, null, 2)}\n`;
}

function notes(): string[] {
  return [
    `Node ${process.versions.node}; ${cores.note}`,
    `Redis: ${redis.note}`,
    `original: ${contenders.original}`,
    'busy is the share of its core that a contender used: well below 100 %, the load was the limit, not the contender',
  ];
}

function names() {
  return contenders.all.map(({ name }) => name);
}

function absence(): string | undefined {
  return names().includes('original') ? undefined : contenders.original;
}

function readOptions(): { rounds: number; seconds: number; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        json: { type: 'boolean', default: false },
      },
    });
    const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1');
    if (!(seconds >= 0.1)) throw new Error('--seconds must be a number from 0.1');
    return { rounds, seconds, json: values.json };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
