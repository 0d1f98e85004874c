import { Problem, type ProblemCode } from '../problem.ts';
import { databasesOf, targetsOf, workOf } from '../stage/list.ts';
import type { Database, Stages, Target } from '../stage/stage.ts';
import type { OpenedDatabase, TourContext } from '../stage/tour.ts';
import type { RungReport } from './rung.ts';

export async function tour(stages: Stages, context: TourContext): Promise<readonly RungReport[]> {
  const reports: RungReport[] = [];
  for (const database of databasesOf(stages)) {
    const targets = targetsOf(stages).filter(({ reaches }) => database.tourFrom.includes(reaches));
    if (targets.length > 0) reports.push(...(await walkDatabase(database, targets, context)));
  }
  return reports;
}

type Named = Pick<RungReport, 'rung' | 'again' | 'removal'>;

async function walkDatabase(
  database: Database,
  targets: readonly Target[],
  tour: TourContext,
): Promise<readonly RungReport[]> {
  const start = performance.now();
  const combinations = await Promise.all(targets.map((target) => combine(database, target, tour)));
  const opened = await open(database, combinations, tour).catch((error: unknown) => unopened(error, tour));
  const ms = performance.now() - start;
  if ('outcome' in opened) return combinations.map(({ named }) => ({ ...named, ...opened, ms }));
  const reports: RungReport[] = [];
  let rungStart = start;
  try {
    for (const { target, named } of combinations) {
      tour.working.report.say(named.rung);
      reports.push({ ...named, ...(await walkRung(database, target, { opened, tour, start: rungStart })) });
      rungStart = performance.now();
    }
  } finally {
    const left = await opened.close().catch((error: unknown) => unopened(error, tour).leftBehind);
    const last = reports.pop();
    if (last) reports.push({ ...last, leftBehind: [...last.leftBehind, ...left] });
  }
  return reports;
}

interface Combination {
  readonly target: Target;
  readonly named: Named;
  /** Why the target cannot be tested, whatever the database. */
  readonly refusal: Problem | undefined;
}

async function combine({ name }: Database, target: Target, tour: TourContext): Promise<Combination> {
  const { commands, needs } = await target.load();
  return { target, named: { rung: `${name} × ${target.name}`, ...commands(name, tour) }, refusal: needs?.(tour) };
}

/** Creates no database unless at least one target can run. */
async function open(
  database: Database,
  combinations: readonly Combination[],
  tour: TourContext,
): Promise<OpenedDatabase> {
  const [refusal] = combinations.map((combination) => combination.refusal);
  if (refusal && combinations.every((combination) => combination.refusal)) throw refusal;
  return (await workOf(database, tour)).open(tour);
}

interface Walked {
  readonly opened: OpenedDatabase;
  readonly tour: TourContext;
  readonly start: number;
}

async function walkRung(
  database: Database,
  target: Target,
  { opened, tour, start }: Walked,
): Promise<Omit<RungReport, keyof Named>> {
  const { before } = opened;
  const walked = await test(database, target, tour).catch((error: unknown) => unopened(error, tour));
  const ms = performance.now() - start;
  if ('outcome' in walked) return { ms, ...walked };
  const outcome = walked.smoke.passed ? 'passed' : 'failed';
  return { outcome, ms, ...walked, ...(before !== undefined && { before }) };
}

async function test(database: Database, target: Target, tour: TourContext) {
  const [host, store] = await Promise.all([workOf(target, tour), workOf(database, tour)]);
  const refusal = host.needs?.(tour);
  if (refusal) throw refusal;
  const request = {
    database: database.name,
    connection: (from: Target['reaches']) =>
      store.connection(from, { ...tour, given: () => Promise.resolve(tour.given) }),
  };
  return host.test(request, tour);
}

/** Missing requirements are out of reach; any other error is a failure. */
const OUT_OF_REACH: ReadonlySet<ProblemCode> = new Set([
  ...(['docker_missing', 'command_missing', 'not_running', 'out_of_reach', 'paused', 'detached'] as const),
  ...(['not_enough_memory', 'license_expired', 'quota_exceeded', 'billing_off', 'region_closed'] as const),
  ...(['not_permitted', 'other_home'] as const),
]);

function unopened(
  error: unknown,
  tour: TourContext,
): Required<Pick<RungReport, 'outcome' | 'reason'>> & Pick<RungReport, 'leftBehind'> {
  const reason = reasonOf(error, tour);
  const isOutOfReach = error instanceof Problem && OUT_OF_REACH.has(error.code);
  // What could not be removed is the reason itself.
  const leftBehind = error instanceof Problem && error.code === 'left_behind' ? [reason] : [];
  return { outcome: isOutOfReach ? 'not reachable' : 'failed', reason, leftBehind };
}

/** A failure does not end the tour; an interruption does. */
function reasonOf(error: unknown, { working }: TourContext): string {
  working.signal.throwIfAborted();
  if (error instanceof Problem) return error.message.split('\n', 1)[0] ?? error.code;
  throw error;
}
