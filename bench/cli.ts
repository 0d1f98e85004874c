/**
 * What the CLI costs beside Node itself, which has to start for every command.
 * The figures of one run compare with each other, never with those of another machine or another hour.
 */
import { judge, verdictLines, type Verdict } from './budget.ts';
import { killAll } from './child.ts';
import { findCommands, onlyMemoryIsReachable, runCommand, type CommandName, type Commands } from './commands.ts';
import { watchMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { judgePackage } from './package.ts';
import { paired, spread, spreadText, type Spread } from './spread.ts';
import { table } from './table.ts';
import { rotate } from './turns.ts';

type Round = ReadonlyMap<CommandName, number>;

const options = readOptions('bench:cli', {
  rounds: { words: 'how often each command is run', fallback: 15, least: 1, whole: true },
});

try {
  process.stdout.write(await measure());
} finally {
  await killAll();
}

async function measure(): Promise<string> {
  const describeMachine = await watchMachine();
  const commands = await findCommands();
  await onlyMemoryIsReachable(commands);
  const rounds = await play(commands);
  const budgets = [...judgeTimes(rounds), ...(await judgePackage())];
  const notes = [`median (least–most) of ${String(rounds.length)} rounds`, await describeMachine()];
  if (options.json) {
    return `${JSON.stringify({ notes, rounds: rounds.map((round) => Object.fromEntries(round)), budgets }, null, 2)}\n`;
  }
  return [table(rowsOf(rounds, commands)), `${notes.join('\n')}\n`, verdictLines(budgets)].join('\n');
}

/** Each round lets another command go first. */
async function play(commands: Commands): Promise<Round[]> {
  const played: Round[] = [];
  for (let number = 0; number < options.rounds; number++) {
    const round = new Map<CommandName, number>();
    for (const command of rotate(commands.all, number)) {
      round.set(command.name, await runCommand(command, commands));
    }
    played.push(round);
  }
  return played;
}

function rowsOf(rounds: readonly Round[], { all }: Commands): string[][] {
  const rows = all.map(({ name }) => [
    name,
    spreadText(spread(timesOf(rounds, name)), 0),
    name === 'node -e 0' ? '' : spreadText(overNode(rounds, name), 0),
    name === 'node -e 0' ? '' : spreadText(timesNode(rounds, name), 2),
  ]);
  return [['', 'ms', 'more than node -e 0', 'times node -e 0'], ...rows];
}

function judgeTimes(rounds: readonly Round[]): Verdict[] {
  const atMost = { keep: 'at most', decimals: 0 } as const;
  const times = (limit: number, ...names: readonly CommandName[]): Verdict[] =>
    names.map((name) =>
      judge({ title: `${name}, times node -e 0`, limit, keep: 'at most', decimals: 2 }, timesNode(rounds, name)),
    );
  return [
    judge({ title: '--version, ms more than node -e 0', limit: 15, ...atMost }, overNode(rounds, '--version')),
    judge({ title: '--help, ms more than node -e 0', limit: 25, ...atMost }, overNode(rounds, '--help')),
    ...times(1.25, '--help', 'stack up --help', 'deploy cloudrun --help', 'an unknown command', 'a bad value'),
    ...times(1.5, 'env --db url', 'status'),
    judge({ title: 'tour of the memory stage, ms', limit: 1500, ...atMost }, spread(timesOf(rounds, 'tour'))),
  ];
}

function overNode(rounds: readonly Round[], name: CommandName): Spread {
  return paired(timesOf(rounds, name), timesOf(rounds, 'node -e 0'), (ours, bare) => ours - bare);
}

function timesNode(rounds: readonly Round[], name: CommandName): Spread {
  return paired(timesOf(rounds, name), timesOf(rounds, 'node -e 0'), (ours, bare) => ours / bare);
}

function timesOf(rounds: readonly Round[], name: CommandName): number[] {
  return rounds.map((round) => round.get(name) ?? NaN);
}
