/** The walk over every stage that this machine can reach, with the same smoke test after each. */
import { Problem, type ProblemCode } from '../problem.ts';
import { openEnterprise, openStack } from './databases.ts';
import { TOUR_SERVICE, type CloudWish, type Opened, type Run, type RungReport, type Walk } from './rung.ts';
import { runContainer, runLocal } from './targets.ts';

interface Section {
  readonly database: string;
  readonly targets: readonly string[];
  /** Throws a Problem when the database cannot be had. */
  readonly open: (walk: Walk) => Promise<Opened>;
}

const notYet = (what: string) => () =>
  Promise.reject(new Problem('out_of_reach', { message: `${what}: this version cannot start it yet` }));

const SECTIONS: readonly Section[] = [
  {
    database: 'memory',
    targets: ['local'],
    open: () => Promise.resolve({ connection: undefined, close: () => Promise.resolve([]) }),
  },
  { database: 'stack', targets: ['local', 'container'], open: openStack },
  { database: 'enterprise', targets: ['local', 'container'], open: openEnterprise },
  { database: 'cloud', targets: ['cloudrun'], open: notYet('Redis Cloud') },
  { database: 'url', targets: ['cloudrun'], open: openCloudRun },
];

interface Target {
  readonly run: Run;
  /** What a person types to run a combination by itself, and to remove what it left. */
  readonly commands: (database: string, cloud: CloudWish) => Pick<RungReport, 'again' | 'removal'>;
}

const onThisMachine =
  (target: string): Target['commands'] =>
  (database) => ({ again: `redisdemo up --db ${database} --on ${target}`, removal: 'redisdemo down' });

const TARGETS: Readonly<Record<string, Target>> = {
  local: { run: runLocal, commands: onThisMachine('local') },
  container: { run: runContainer, commands: onThisMachine('container') },
  cloudrun: {
    run: async (...rung) => (await import('./cloudrun.ts')).runCloudRun(...rung),
    commands: (_database, { project = 'PROJECT', region }) => {
      const inRegion = region === undefined ? '' : ` --region ${region}`;
      return {
        again: `redisdemo deploy cloudrun --project ${project}${inRegion}`,
        removal: `redisdemo destroy cloudrun --service ${TOUR_SERVICE} --project ${project}${inRegion}`,
      };
    },
  },
};

export async function tour(walk: Walk): Promise<readonly RungReport[]> {
  const reports: RungReport[] = [];
  for (const section of SECTIONS) reports.push(...(await walkSection(section, walk)));
  return reports;
}

async function walkSection({ database, targets, open }: Section, walk: Walk): Promise<readonly RungReport[]> {
  const start = performance.now();
  const opened = await open(walk).catch((error: unknown) => unopened(error, walk));
  const rungs = targets.map((name) => {
    const { run, commands } = TARGETS[name] ?? unknownTarget(name);
    return { run, named: { rung: `${database} × ${name}`, ...commands(database, walk.cloud) } };
  });
  const ms = performance.now() - start;
  if ('outcome' in opened) return rungs.map(({ named }) => ({ ...named, ...opened, ms }));
  const reports: RungReport[] = [];
  let rungStart = start;
  try {
    for (const { run, named } of rungs) {
      walk.working.report.say(named.rung);
      reports.push({ ...named, ...(await walkRung(run, { database, opened, walk, start: rungStart })) });
      rungStart = performance.now();
    }
  } finally {
    const left = await opened.close().catch((error: unknown) => unopened(error, walk).leftBehind);
    const last = reports.pop();
    if (last) reports.push({ ...last, leftBehind: [...last.leftBehind, ...left] });
  }
  return reports;
}

interface Rung {
  readonly database: string;
  readonly opened: Opened;
  readonly walk: Walk;
  readonly start: number;
}

function unknownTarget(name: string): never {
  throw new Error(`no target ${name}`);
}

type Outcome = Omit<RungReport, 'rung' | 'again' | 'removal'>;

async function walkRung(run: Run, { database, opened, walk, start }: Rung): Promise<Outcome> {
  const { connection, before } = opened;
  const walked = await run(database, connection, walk).catch((error: unknown) => unopened(error, walk));
  const ms = performance.now() - start;
  if ('outcome' in walked) return { ms, ...walked };
  const outcome = walked.smoke.passed ? 'passed' : 'failed';
  return { outcome, ms, ...walked, ...(before !== undefined && { before }) };
}

/** What is missing, or not allowed here, is out of reach; anything else is a failure, and not to be taken for that. */
const OUT_OF_REACH: ReadonlySet<ProblemCode> = new Set([
  ...([
    'docker_missing',
    'command_missing',
    'not_running',
    'out_of_reach',
    'paused',
    'detached',
    'not_enough_memory',
    'license_expired',
    'quota_exceeded',
    'billing_off',
    'region_closed',
    'not_permitted',
    'other_home',
  ] as const),
]);

function unopened(
  error: unknown,
  walk: Walk,
): Required<Pick<RungReport, 'outcome' | 'reason'>> & Pick<RungReport, 'leftBehind'> {
  const reason = reasonOf(error, walk);
  const isOutOfReach = error instanceof Problem && OUT_OF_REACH.has(error.code);
  // What could not be removed says so itself.
  const leftBehind = error instanceof Problem && error.code === 'left_behind' ? [reason] : [];
  return { outcome: isOutOfReach ? 'not reachable' : 'failed', reason, leftBehind };
}

/** A rung that fails does not end the tour; an interruption does. */
function reasonOf(error: unknown, { working }: Walk): string {
  working.signal.throwIfAborted();
  if (error instanceof Problem) return error.message.split('\n', 1)[0] ?? error.code;
  throw error;
}

async function openCloudRun(walk: Walk): Promise<Opened> {
  const { reachCloudRun } = await import('./cloudrun.ts');
  return { connection: await reachCloudRun(walk), close: () => Promise.resolve([]) };
}
