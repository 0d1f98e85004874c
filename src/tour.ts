/** The walk over every stage that this machine can reach, with the same smoke test after each. */
import type { Connection } from './connection.ts';
import { enterpriseConnection, enterprisePlan } from './databases/enterprise/enterprise.ts';
import { findEnterprise, freeDatabasePort } from './databases/enterprise/nodes.ts';
import { ALIAS, ENTERPRISE_DEFAULTS } from './databases/enterprise/settings.ts';
import { findStack, proveModules, stackConnection, stackPlan, DEFAULT_IMAGE, STACK } from './databases/stack.ts';
import { deployment, serviceFile, type DatabaseName, type Places, type TargetName } from './deployment.ts';
import { ensure } from './plan/ensure.ts';
import type { Plan } from './plan/plan.ts';
import { remove, thingsOf } from './plan/remove.ts';
import type { Systems } from './plan/systems.ts';
import type { Working } from './plan/wait.ts';
import { Problem, type ProblemCode } from './problem.ts';
import { smoke, type SmokeReport } from './smoke/smoke.ts';
import { SERVICE } from './targets/container.ts';
import { startLocal } from './targets/local.ts';

export interface Walk {
  readonly places: Places;
  readonly systems: Systems;
  readonly working: Working;
  /** Leaves what was made, for a look at it. */
  readonly keep: boolean;
  readonly cloud: CloudWish;
}

/** What Cloud Run is walked with: a project that is named, since it costs money, and a Redis that exists already. */
export interface CloudWish {
  readonly project: string | undefined;
  readonly region: string;
  readonly connection: Connection | undefined;
}

export interface RungReport {
  readonly rung: string;
  readonly outcome: 'passed' | 'failed' | 'not reachable';
  readonly reason?: string;
  readonly ms: number;
  /** What the rung left on the machine. */
  readonly leftBehind: readonly string[];
  /** What it has used, and left as it was: it ran before. */
  readonly before?: string;
  readonly smoke?: SmokeReport;
}

/** A database that is open for its rungs. */
interface Opened {
  readonly connection: Connection | undefined;
  /** What ran before the tour came. */
  readonly before?: string;
  /** Takes away what was made for the tour, and no more; resolves with what stays. */
  readonly close: () => Promise<readonly string[]>;
}

interface Section {
  readonly database: string;
  readonly targets: readonly string[];
  /** Throws a Problem when the database cannot be had. */
  readonly open: (walk: Walk) => Promise<Opened>;
}

const notYet = (what: string) => () =>
  Promise.reject(new Problem('not_running', { message: `${what}: this version cannot start it yet` }));

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

/** How a target runs the service for the time of a smoke test. */
type Run = (database: string, connection: Connection | undefined, walk: Walk) => Promise<Walked>;

export interface Walked {
  readonly smoke: SmokeReport;
  readonly leftBehind: readonly string[];
}

const TARGETS: Readonly<Record<string, Run>> = {
  local: runLocal,
  container: runContainer,
  cloudrun: async (...rung) => (await import('./tour-cloudrun.ts')).runCloudRun(...rung),
};

export async function tour(walk: Walk): Promise<readonly RungReport[]> {
  const reports: RungReport[] = [];
  for (const section of SECTIONS) reports.push(...(await walkSection(section, walk)));
  return reports;
}

async function walkSection({ database, targets, open }: Section, walk: Walk): Promise<readonly RungReport[]> {
  const start = performance.now();
  const opened = await open(walk).catch((error: unknown) => unopened(error, walk));
  const rungs = targets.map((target) => ({ target, rung: `${database} × ${target}` }));
  const ms = performance.now() - start;
  if ('outcome' in opened) return rungs.map(({ rung }) => ({ rung, ...opened, ms }));
  const reports: RungReport[] = [];
  let rungStart = start;
  try {
    for (const { target, rung } of rungs) {
      walk.working.report.say(rung);
      reports.push(await walkRung(rung, TARGETS[target], { database, opened, walk, start: rungStart }));
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

async function walkRung(
  rung: string,
  run: Run | undefined,
  { database, opened, walk, start }: Rung,
): Promise<RungReport> {
  const { connection, before } = opened;
  const walked = await run?.(database, connection, walk).catch((error: unknown) => unopened(error, walk));
  const ms = performance.now() - start;
  if (walked === undefined) return { rung, outcome: 'failed', reason: 'no such target', ms, leftBehind: [] };
  if ('outcome' in walked) return { rung, ms, ...walked };
  const outcome = walked.smoke.passed ? 'passed' : 'failed';
  return { rung, outcome, ms, ...walked, ...(before !== undefined && { before }) };
}

/** What is missing, or not allowed here, is out of reach; anything else is a failure, and not to be taken for that. */
const OUT_OF_REACH: ReadonlySet<ProblemCode> = new Set([
  ...(['docker_missing', 'command_missing', 'not_running', 'not_enough', 'not_permitted'] as const),
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

/** The one that runs already, or one on free ports that is taken away at the end. */
async function openStack({ places, systems, working, keep }: Walk): Promise<Opened> {
  const there = await findStack(systems);
  const settings = there?.settings ?? {
    image: DEFAULT_IMAGE,
    port: await systems.ports.find(),
    insightPort: await systems.ports.find(),
    password: true,
  };
  const plan = stackPlan(settings, places.home);
  await pullImages(plan, systems, working);
  const made = await makeForTour(plan, { places, systems, working, keep });
  try {
    const connection = await stackConnection(places.home, systems);
    if (!there) await proveModules(connection, systems, working);
    return { connection, close: made, ...(there && { before: `${STACK} runs since before, and stays` }) };
  } catch (error) {
    await made();
    throw error;
  }
}

/** An image that cannot be had is a stage out of reach: this machine may be offline. */
async function pullImages({ title, steps }: Plan, systems: Systems, working: Working): Promise<void> {
  const pulls = steps.filter(({ action }) => action.kind === 'pullImage');
  try {
    await ensure({ title, steps: pulls }, systems, working, { explain: false });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'system_failed') throw error;
    throw new Problem('not_running', { message: error.message });
  }
}

/** As the stack. A tour pulls no image of gigabytes for a look: the image must be there. */
async function openEnterprise({ places, systems, working, keep }: Walk): Promise<Opened> {
  const there = await findEnterprise(systems);
  const { image } = ENTERPRISE_DEFAULTS;
  const pull = await systems.perform.exists({ kind: 'pullImage', image });
  if (!there && pull.kind !== 'ok') {
    throw new Problem('not_running', {
      message: `the image ${image} (some 2 GB) is not here: docker pull ${image}, or redisdemo enterprise up`,
    });
  }
  const settings = there?.settings ?? {
    ...ENTERPRISE_DEFAULTS,
    port: await freeDatabasePort(systems),
    apiPort: await systems.ports.find(),
    uiPort: await systems.ports.find(),
  };
  const close = await makeForTour(enterprisePlan(settings, places.home), { places, systems, working, keep });
  try {
    const connection = await enterpriseConnection(places.home, systems);
    if (!there) await proveModules(connection, systems, working);
    return { connection, close, ...(there && { before: `${ALIAS} runs since before, and stays` }) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openCloudRun(walk: Walk): Promise<Opened> {
  const { reachCloudRun } = await import('./tour-cloudrun.ts');
  return { connection: await reachCloudRun(walk), close: () => Promise.resolve([]) };
}

async function runLocal(database: string, connection: Connection | undefined, walk: Walk): Promise<Walked> {
  const { places, systems, working } = walk;
  const file = serviceFile(places.built);
  const service = await startLocal(
    { file, port: 0, host: '127.0.0.1', connection, environment: {} },
    systems,
    working.report,
  );
  let report: SmokeReport;
  try {
    report = await smoke({ url: service.url, connection, signal: working.signal }, systems, working);
  } finally {
    service.child.stop('SIGTERM');
    await service.child.ended;
  }
  const after = await systems.http.send({ method: 'GET', url: service.url, timeoutMs: 1000 }, working.signal);
  return {
    smoke: report,
    leftBehind: after.kind === 'absent' ? [] : [`${database}: something answers at ${service.url}`],
  };
}

async function runContainer(database: string, connection: Connection | undefined, walk: Walk): Promise<Walked> {
  const { places, systems, working } = walk;
  await noneRuns(SERVICE, systems);
  const port = await systems.ports.find();
  const settings = { database: database as DatabaseName, target: 'container' as TargetName, port, connection };
  const wanted = await deployment(settings, places, systems);
  const close = await makeForTour(wanted.plan, walk);
  let report: SmokeReport;
  let leftBehind: readonly string[] = [];
  try {
    report = await smoke({ url: wanted.url, connection, signal: working.signal }, systems, working);
  } finally {
    leftBehind = await close();
  }
  return { smoke: report, leftBehind };
}

/** A container of this name is the user's, and would be replaced. */
async function noneRuns(name: string, { containers }: Systems): Promise<void> {
  if ((await containers.state(name)).kind !== 'ok') return;
  throw new Problem('not_running', {
    message: `${name} is there already, and left alone: redisdemo destroy container`,
  });
}

/** Makes the plan, and gives back what takes away the part of it that was not there before. */
async function makeForTour(
  plan: Plan,
  { systems, working, keep }: Omit<Walk, 'cloud'>,
): Promise<() => Promise<readonly string[]>> {
  const created: string[] = [];
  const part = (): Plan => ({ ...plan, steps: plan.steps.filter(({ title }) => created.includes(title)) });
  const close = async (): Promise<readonly string[]> => {
    if (keep) return thingsOf(part());
    await remove(part(), systems, working, { explain: false, withData: true });
    return [];
  };
  try {
    await ensure(plan, systems, working, { explain: false, created });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}
