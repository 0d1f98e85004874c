/**
 * What `enterprise up` costs beside the waiting that it cannot help: against the stand-in of Redis Software, which is told
 * how long to take, on a Docker engine of its own. And how often it asks meanwhile. Needs root and dockerd.
 */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { engineMissing, startEngine, type Engine } from '../test/fakes/docker-engine.ts';
import { readExchanges } from '../test/fakes/enterprise/exchanges.ts';
import { REQUESTS_FILE } from '../test/fakes/enterprise/files.ts';
import type { Delays } from '../test/fakes/enterprise/options.ts';
import { loadImages } from '../test/fakes/images.ts';
import { freePort } from '../test/fakes/redis-server.ts';
import { judge, verdictLines, type Verdict } from './budget.ts';
import { killAll } from './child.ts';
import { temporaryFolder } from './folder.ts';
import { watchMachine } from './machine.ts';
import { readOptions } from './options.ts';
import { spread, spreadText } from './spread.ts';
import { table } from './table.ts';

const RECORDED = 'as recorded';
/** As recorded where that is known: a bootstrap took 16 s (redis-enterprise-rs, tests/fixtures/bootstrap_status.json). */
const DELAYS: Readonly<Record<string, Partial<Delays>>> = {
  // What is no waiting: the start of the programs, the requests, the proof.
  'at once': { start: 0, bootstrap: 0, swap: 0, settle: 0, database: 0 },
  [RECORDED]: { start: 8000, bootstrap: 16_000, swap: 4000, settle: 0, database: 1000 },
};

const NODE = 'redisdemo-enterprise-1';
const BIN = fileURLToPath(new URL('../bin/redisdemo.js', import.meta.url));
/** The design's: a tenth of the delays and a second. */
const ALLOWED = { part: 0.1, ms: 1000 };

interface Figures {
  readonly ms: number;
  readonly requests: number;
}

const options = readOptions('bench:enterprise', {
  rounds: { words: 'how often each cluster is made', fallback: 3, least: 1, whole: true },
});
if (engineMissing !== undefined) throw new Error(engineMissing);
const engine = await startEngine();
try {
  await loadImages(engine);
  process.stdout.write(await measure(engine));
} finally {
  await engine.stop();
  await killAll();
}

async function measure({ env }: Engine): Promise<string> {
  const describeMachine = await watchMachine();
  const home = await temporaryFolder();
  const played = new Map<string, Figures[]>();
  for (let round = 0; round < options.rounds; round++) {
    for (const [name, delays] of Object.entries(DELAYS)) {
      const figures = await makeCluster(delays, { ...env, REDISDEMO_HOME: home });
      played.set(name, [...(played.get(name) ?? []), figures]);
    }
  }
  const notes = [`median (least–most) of ${String(options.rounds)} rounds`, await describeMachine()];
  const budgets = [budgetOf(RECORDED, played.get(RECORDED) ?? [])];
  if (options.json) return `${JSON.stringify({ notes, rounds: Object.fromEntries(played), budgets }, null, 2)}\n`;
  const rows = [...played].map(([name, rounds]) => [
    name,
    String(toldMs(DELAYS[name])),
    spreadText(spread(rounds.map(({ ms }) => ms)), 0),
    spreadText(spread(rounds.map(({ requests }) => requests)), 0),
  ]);
  return [table([['', 'told ms', 'up ms', 'requests'], ...rows]), `${notes.join('\n')}\n`, verdictLines(budgets)].join(
    '\n',
  );
}

async function makeCluster(delays: Partial<Delays>, env: Readonly<Record<string, string>>): Promise<Figures> {
  const image = await imageWith(delays, env);
  const ports = ['--port', '12345', '--api-port', String(await freePort()), '--ui-port', String(await freePort())];
  const start = performance.now();
  await execa(process.execPath, [BIN, 'enterprise', 'up', '--image', image, ...ports], { env });
  const ms = performance.now() - start;
  const { stdout } = await execa('docker', ['exec', NODE, 'cat', REQUESTS_FILE], { env });
  await execa(process.execPath, [BIN, 'enterprise', 'down', '--yes'], { env });
  return { ms, requests: readExchanges(stdout).length };
}

async function imageWith(delays: Partial<Delays>, env: Readonly<Record<string, string>>): Promise<string> {
  const value = JSON.stringify({ delays });
  const name = `redisdemo-test/enterprise:${createHash('sha256').update(value).digest('hex').slice(0, 12)}`;
  const input = `FROM redislabs/redis:latest\nENV STAND_IN_BEHAVIOUR=${JSON.stringify(value)}\n`;
  await execa('docker', ['build', '--quiet', '--tag', name, '-'], { env, input });
  return name;
}

function budgetOf(name: string, rounds: readonly Figures[]): Verdict {
  const told = toldMs(DELAYS[name]);
  const limit = told * ALLOWED.part + ALLOWED.ms;
  const title = `${name}: ms of up more than it was told to take`;
  return judge({ title, limit, keep: 'at most', decimals: 0 }, spread(rounds.map(({ ms }) => ms - told)));
}

function toldMs(delays: Partial<Delays> = {}): number {
  return Object.values(delays).reduce((sum, ms) => sum + ms, 0);
}
