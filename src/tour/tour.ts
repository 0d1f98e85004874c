/** Every combination of a database and a target that this machine can reach, with the same smoke test after each. */
import { Problem, type ProblemCode } from '../problem.ts';
import type { Database } from '../stage/stage.ts';
import { databasesOf, targetsOf, workOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import type { Target } from '../stage/stage.ts';
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
  const names = await Promise.all(targets.map((target) => nameOf(database, target, tour)));
  const opened = await open(database, targets, tour).catch((error: unknown) => unopened(error, tour));
  const ms = performance.now() - start;
  if ('outcome' in opened) return names.map((named) => ({ ...named, ...opened, ms }));
  const reports: RungReport[] = [];
  let rungStart = start;
  try {
    for (const [index, target] of targets.entries()) {
      const named = names[index] as Named;
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

async function nameOf({ name }: Database, target: Target, tour: TourContext): Promise<Named> {
  const { commands } = await target.load();
  return { rung: `${name} × ${target.name}`, ...commands(name, tour) };
}

/** For nobody, no database is made: one of the targets at least must have what it needs. */
async function open(database: Database, targets: readonly Target[], tour: TourContext): Promise<OpenedDatabase> {
  const works = await Promise.all(targets.map((target) => target.load()));
  const refusals = works.map(({ needs }) => refusalOf(() => needs?.(tour)));
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals[0];
  return (await workOf(database, tour)).open(tour);
}

function refusalOf(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
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
  host.needs?.(tour);
  const request = {
    database: database.name,
    connection: (from: Target['reaches']) =>
      store.connection(from, { ...tour, given: () => Promise.resolve(tour.given) }),
  };
  return host.test(request, tour);
}

/** What is missing, or not allowed here, is out of reach; anything else is a failure, and not to be taken for that. */
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
  // What could not be removed says so itself.
  const leftBehind = error instanceof Problem && error.code === 'left_behind' ? [reason] : [];
  return { outcome: isOutOfReach ? 'not reachable' : 'failed', reason, leftBehind };
}

/** A rung that fails does not end the tour; an interruption does. */
function reasonOf(error: unknown, { working }: TourContext): string {
  working.signal.throwIfAborted();
  if (error instanceof Problem) return error.message.split('\n', 1)[0] ?? error.code;
  throw error;
}
