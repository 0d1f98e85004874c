import { absent, ok, type Answer } from '../plan/answer.ts';
import { HEALTH_TIMEOUT_MS } from '../plan/service-health.ts';
import type { HttpRequest, Systems } from '../plan/systems.ts';
import { waitFor, type WorkContext } from '../plan/wait.ts';
import { Problem } from '../problem.ts';
import { contract, type SmokeState } from './contract.ts';
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
  /** As /health reports it; absent for a service without /health. */
  readonly store?: Store;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

type SmokeSystems = Pick<Systems, 'http' | 'redis'>;

/** Failed checks are reported, not thrown. */
export async function smoke(
  settings: ProbeSettings,
  systems: SmokeSystems,
  { report }: WorkContext,
): Promise<SmokeReport> {
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

function healthRequest({ url, authorization }: Pick<ProbeSettings, 'url' | 'authorization'>): HttpRequest {
  const headers = authorization ? { authorization: authorization() } : {};
  return { method: 'GET', url: `${url}/health`, headers, timeoutMs: HEALTH_TIMEOUT_MS };
}

/** undefined for the original service, which has no /health. */
async function storeOf(settings: ProbeSettings, { http }: SmokeSystems): Promise<Store | undefined> {
  const answer = await http.send(healthRequest(settings), settings.signal);
  const [, store] = answer.kind === 'ok' ? (/"store":\s*"(memory|redis)"/.exec(answer.value.text) ?? []) : [];
  return store as Store | undefined;
}

/** Appends to `checks`, so that results are kept when a check throws. */
async function runChecks(probe: Probe, checks: CheckReport[], begin: (title: string) => void): Promise<void> {
  const state: SmokeState = {};
  let unreachable = false;
  for (const check of contract(probe.settings.connection !== undefined)) {
    if (check.applies?.(state) === false) continue;
    begin(check.title(state));
    if (unreachable || (check.needsId === true && state.id === undefined)) {
      checks.push({ title: check.title(state), outcome: 'not run', ms: 0 });
      continue;
    }
    const start = performance.now();
    let found: Omit<CheckReport, 'title' | 'ms'>;
    try {
      const note = await check.run(probe, state);
      found = { outcome: 'passed', ...(note !== undefined && { note }) };
    } catch (error) {
      if (!(error instanceof Difference)) throw error;
      unreachable = error instanceof Unreachable;
      found = { outcome: 'failed', expected: error.expected, got: error.got };
    }
    checks.push({ title: check.title(state), ms: performance.now() - start, ...found });
  }
}

export function countOf(checks: readonly CheckReport[], outcome: CheckReport['outcome']): number {
  return checks.filter((check) => check.outcome === outcome).length;
}

function passedAll(checks: readonly CheckReport[]): boolean {
  return checks.length > 0 && checks.every(({ outcome }) => outcome === 'passed');
}

function summaryOf(checks: readonly CheckReport[]): string {
  if (passedAll(checks)) return 'passed';
  if (checks.length === 0) return 'not run';
  const [failed, notRun] = [countOf(checks, 'failed'), countOf(checks, 'not run')];
  return `${String(failed)} of ${String(checks.length)} checks failed, ${String(notRun)} not run`;
}

/** Codes of src/systems/http.ts that no wait changes. */
const FINAL: ReadonlySet<string | undefined> = new Set(['not_trusted', 'too_large']);

/** A service without /health is healthy at its first answer. @param nobody the hint when nothing answered at all */
export async function waitUntilHealthy(
  { nobody, ...service }: Pick<ProbeSettings, 'url' | 'authorization'> & { readonly nobody: string },
  limitMs: number,
  { http }: SmokeSystems,
  working: WorkContext,
): Promise<void> {
  const request = healthRequest(service);
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
    { what: request.url, limitMs, ask, hint: 'Look at the log of the service, or give it more time: --wait 2m' },
    working,
  ).catch((error: unknown) => {
    if (isThere || !(error instanceof Problem) || error.code !== 'timeout') throw error;
    const { code, message, details } = error;
    throw new Problem(code, { message, hint: nobody, details });
  });
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
