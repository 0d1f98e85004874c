/** Measures a failover: kills the node that serves the database while a test runs in a loop. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { Home } from '../../../home.ts';
import { absent, ok, type Answer } from '../../../plan/answer.ts';
import { NETWORK } from '../../../plan/shared-network.ts';
import { waitFor } from '../../../plan/wait.ts';
import { Problem } from '../../../problem.ts';
import { firstBdb } from '../bdb/lookup.ts';
import { nodeAsker } from '../rest/node-question.ts';
import { get, valueOf, type Asking } from '../rest/question.ts';
import { BDB_NAME, nodeApi, nodeName, type EnterpriseSettings } from '../settings.ts';
import { allNodesActive } from './bootstrap.ts';
import { pinOf } from './nodes.ts';

export interface FailoverReport {
  /** Container name. */
  readonly killed: string;
  /** From the kill to the first failed test; null when none failed. */
  readonly firstErrorMs: number | null;
  /** From the first failed test to the next one that passed. */
  readonly errorsMs: number;
  readonly runs: number;
  readonly failedRuns: number;
}

type SmokeTest = () => Promise<boolean>;

interface OwnCluster {
  readonly settings: EnterpriseSettings;
  readonly home: Home;
}

const LIMIT_MS = 120_000;
const BACK_LIMIT_MS = 300_000;
const PAUSE_MS = 50;
/** The measurement ends after this many runs in a row without an error. */
const CALM_RUNS = 20;

export async function measureFailover(cluster: OwnCluster, test: SmokeTest, asking: Asking): Promise<FailoverReport> {
  const { systems, report, signal } = asking;
  if (cluster.settings.nodes < 2) {
    throw new Problem('bad_usage', {
      message: 'With one node nothing can take over.',
      hint: 'Begin with three: redisdemo enterprise down, then: redisdemo enterprise up --nodes 3',
    });
  }
  if (!(await test())) {
    throw new Problem('smoke_failed', {
      message: 'The smoke test does not hold before anything was killed.',
      hint: 'Run the service beside the cluster first: redisdemo deploy container --db enterprise',
    });
  }
  const node = await servingNode(cluster, asking);
  const progress = report.begin(`killing ${nodeName(node)} while the smoke test runs`);
  const killed = await systems.containers.kill(nodeName(node));
  if (killed.kind !== 'ok') throw new Problem('system_failed', { message: killed.reason });
  try {
    const seen = await watch(test, signal, (runs) => {
      progress.update(`${nodeName(node)} is dead; the smoke test has run ${String(runs)} times since`);
    });
    progress.end(`${nodeName(node)} was killed; the smoke test ran ${String(seen.runs)} times`);
    return { killed: nodeName(node), ...seen };
  } finally {
    await bringBack(node, cluster, asking);
  }
}

async function watch(
  test: SmokeTest,
  signal: AbortSignal,
  update: (runs: number) => void,
): Promise<Omit<FailoverReport, 'killed'>> {
  const start = performance.now();
  let [runs, failedRuns, calm] = [0, 0, 0];
  let first: number | null = null;
  let recovered = 0;
  while (calm < CALM_RUNS) {
    signal.throwIfAborted();
    const passed = await test();
    const now = performance.now() - start;
    runs++;
    calm = passed ? calm + 1 : 0;
    if (!passed) failedRuns++;
    if (!passed && first === null) first = now;
    if (passed && calm === 1) recovered = now;
    update(runs);
    if (now > LIMIT_MS) {
      throw new Problem('timeout', {
        message: `The service still fails ${(now / 1000).toFixed(0)} s after the kill (${String(runs)} runs).`,
        hint: 'See the cluster: redisdemo enterprise status',
      });
    }
    await sleep(PAUSE_MS);
  }
  const errorsMs = first === null ? 0 : Math.round(recovered - first);
  return { firstErrorMs: first === null ? null : Math.round(first), errorsMs, runs, failedRuns };
}

/** Counted from 1, as the containers are; the cluster's own ids differ. */
async function servingNode({ settings, home }: OwnCluster, asking: Asking): Promise<number> {
  const api = nodeApi(1, settings, home);
  const { uid } = await valueOf(firstBdb(api, { name: BDB_NAME }), asking);
  const master = `.[] | select((.bdb_uid | tostring) == "${String(uid)}" and .role == "master") | .node_uid`;
  const nodeUid = await valueOf(get(api, '/v1/shards', master, v.number()), asking);
  const address = `.[] | select((.uid | tostring) == "${String(nodeUid)}") | .addr`;
  const addr = await valueOf(get(api, '/v1/nodes', address, v.string()), asking);
  for (let node = 1; node <= settings.nodes; node++) {
    const found = await asking.systems.containers.address({ container: nodeName(node), network: NETWORK });
    if (found.kind === 'ok' && found.value === addr) return node;
  }
  throw new Problem('system_failed', { message: `No container of ours has the address ${addr}.` });
}

/** Restarts the killed node, also after an error. */
async function bringBack(node: number, { settings, home }: OwnCluster, working: Asking): Promise<void> {
  const { systems, signal } = working;
  const started = await systems.containers.start(nodeName(node));
  if (started.kind !== 'ok') {
    throw new Problem('not_restored', {
      message: `${nodeName(node)} was killed and could not be started again: ${started.reason}`,
      hint: `Start it by hand: docker start ${nodeName(node)}`,
    });
  }
  const other = node === 1 ? 2 : 1;
  const api = nodeApi(other, settings, home);
  const askNode = nodeAsker(pinOf(other, home));
  const asking = { signal, onUnknownUser: () => absent('it does not know its users yet') };
  const ask = async (): Promise<Answer<unknown>> => {
    const answer = await askNode(allNodesActive(api), systems, asking);
    return answer.kind === 'ok' ? ok(undefined) : absent(answer.reason);
  };
  await waitFor({ what: `${nodeName(node)} to be back`, limitMs: BACK_LIMIT_MS, ask }, working);
}
