/** The smoke test: the same contract after every stage. */
import type { HttpRequest, Systems } from '../plan/systems.ts';
import { absent, ok, type Answer } from '../plan/answer.ts';
import { HEALTH_TIMEOUT_MS } from '../plan/service-health.ts';
import { waitFor, type Working } from '../plan/wait.ts';
import { Problem } from '../problem.ts';
import { contract, type Check, type Scene } from './contract.ts';
import { Difference, Probe, Unreachable, type ProbeSettings } from './probe.ts';

export interface CheckReport {
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly ms: number;
  readonly note?: string;
  readonly expected?: string;
  readonly got?: string;
}

type Store = 'memory' | 'redis';

export interface SmokeReport {
  readonly url: string;
  readonly passed: boolean;
  readonly checks: readonly CheckReport[];
  /** Where the service keeps users, as its /health says; absent for a service without one. */
  readonly store?: Store;
  /** Milliseconds over all requests to the service. */
  readonly p50: number;
  readonly p95: number;
}

type SmokeSystems = Pick<Systems, 'http' | 'redis'>;

/** Runs every check. A check that does not hold is in the report, not thrown. */
export async function smoke(settings: ProbeSettings, systems: SmokeSystems, { report }: Working): Promise<SmokeReport> {
  const { url } = settings;
  const probe = new Probe(settings, systems);
  const progress = report.begin(`smoke test of ${url}`);
  const checks: CheckReport[] = [];
  try {
    await runChecks(probe, checks, (title) => {
      progress.update(`smoke test of ${url}: ${title}`);
    });
  } finally {
    progress.end(`smoke test of ${url}: ${summaryOf(checks)}`, passedAll(checks) ? 'good' : 'bad');
  }
  const [p50, p95] = [quantile(probe.times, 0.5), quantile(probe.times, 0.95)];
  const isThere = checks.some(({ outcome }) => outcome === 'passed');
  const store = isThere ? await storeOf(settings, systems) : undefined;
  return { url, passed: passedAll(checks), checks, ...(store !== undefined && { store }), p50, p95 };
}

/** undefined for a service that does not tell: the original one has no /health. */
async function storeOf(
  { url, authorization, signal }: ProbeSettings,
  { http }: SmokeSystems,
): Promise<Store | undefined> {
  const headers = authorization ? { authorization: authorization() } : {};
  const answer = await http.send(
    { method: 'GET', url: `${url}/health`, headers, timeoutMs: HEALTH_TIMEOUT_MS },
    signal,
  );
  const [, store] = answer.kind === 'ok' ? (/"store":\s*"(memory|redis)"/.exec(answer.value.text) ?? []) : [];
  return store as Store | undefined;
}

/** Grows the list, so that what was found is known even when a check throws. */
async function runChecks(probe: Probe, checks: CheckReport[], begin: (title: string) => void): Promise<void> {
  const scene: Scene = {};
  let unreachable = false;
  for (const check of contract(probe.settings.connection !== undefined)) {
    if (check.applies?.(scene) === false) continue;
    begin(check.title(scene));
    if (unreachable || (check.needsId === true && scene.id === undefined)) {
      checks.push({ title: check.title(scene), outcome: 'not run', ms: 0 });
      continue;
    }
    const start = performance.now();
    const found = await find(check, probe, scene);
    unreachable = found.unreachable === true;
    checks.push({ title: check.title(scene), outcome: found.outcome, ms: performance.now() - start, ...found.words });
  }
}

function passedAll(checks: readonly CheckReport[]): boolean {
  return checks.length > 0 && checks.every(({ outcome }) => outcome === 'passed');
}

function summaryOf(checks: readonly CheckReport[]): string {
  if (passedAll(checks)) return 'passed';
  if (checks.length === 0) return 'not run';
  const count = (wanted: CheckReport['outcome']): string =>
    String(checks.filter(({ outcome }) => outcome === wanted).length);
  return `${count('failed')} of ${String(checks.length)} checks failed, ${count('not run')} not run`;
}

/** The codes of src/systems/http.ts that no wait changes. */
const FINAL: ReadonlySet<string | undefined> = new Set(['not_trusted', 'too_large']);

/**
 * Waits until the service says that it can work. A service without /health is taken at its first answer.
 * @param nobody the hint where nothing has answered at all
 */
export async function waitUntilHealthy(
  { url, authorization, nobody }: Pick<ProbeSettings, 'url' | 'authorization'> & { readonly nobody: string },
  limitMs: number,
  { http }: SmokeSystems,
  working: Working,
): Promise<void> {
  const headers = authorization ? { authorization: authorization() } : {};
  const request: HttpRequest = { method: 'GET', url: `${url}/health`, headers, timeoutMs: HEALTH_TIMEOUT_MS };
  let isThere = false;
  const ask = async (): Promise<Answer<undefined>> => {
    const answer = await http.send(request, working.signal);
    if (answer.kind === 'failed' && FINAL.has(answer.code)) return answer;
    if (answer.kind !== 'ok') return absent(answer.reason);
    isThere = true;
    const { status } = answer.value;
    return status === 200 || status === 404 ? ok(undefined) : absent(`status ${String(status)}`);
  };
  await waitFor(
    { what: `${url}/health`, limitMs, ask, hint: 'Look at the log of the service, or give it more time: --wait 2m' },
    working,
  ).catch((error: unknown) => {
    if (isThere || !(error instanceof Problem) || error.code !== 'timeout') throw error;
    const { code, message, details } = error;
    throw new Problem(code, { message, hint: nobody, details });
  });
}

interface Finding {
  readonly outcome: 'passed' | 'failed';
  readonly words: Pick<CheckReport, 'note' | 'expected' | 'got'>;
  readonly unreachable?: boolean;
}

async function find(check: Check, probe: Probe, scene: Scene): Promise<Finding> {
  try {
    const note = await check.run(probe, scene);
    return { outcome: 'passed', words: note === undefined ? {} : { note } };
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    const { expected, got } = error;
    return { outcome: 'failed', words: { expected, got }, unreachable: error instanceof Unreachable };
  }
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
