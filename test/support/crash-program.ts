/**
 * A program that carries out one plan, or removes it, and kills itself with SIGKILL where it reports one of the given
 * lines. Each line that it reports goes to stdout first.
 */
import { writeSync } from 'node:fs';
import { openSystems } from '../../src/cli/open-systems.ts';
import type { Invocation } from '../../src/command/invocation.ts';
import { connecting } from '../../src/commands/connecting.ts';
import { appUserPlan } from '../../src/databases/enterprise/bdb/app-user.ts';
import { enterprisePlan } from '../../src/databases/enterprise/enterprise.ts';
import type { EnterpriseSettings } from '../../src/databases/enterprise/settings.ts';
import { stackPlan } from '../../src/databases/stack/plan.ts';
import type { StackSettings } from '../../src/databases/stack/settings.ts';
import { findHome } from '../../src/home.ts';
import { serviceImage } from '../../src/image.ts';
import { insightPlan } from '../../src/insight/plan.ts';
import { liveDatabases } from '../../src/insight/work.ts';
import type { Places } from '../../src/places.ts';
import { ensure } from '../../src/plan/ensure.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { remove } from '../../src/plan/remove.ts';
import type { Report } from '../../src/report.ts';
import { databasesOf, named, targetsOf, workOf } from '../../src/stage/list.ts';
import { STAGES } from '../../src/stages.ts';

/** Which plan: on the command line, as JSON. Then where it crashes, and the folder of the build. */
export type PlanSettings =
  | (StackSettings & { readonly kind: 'stack' })
  /** With the user of the service. */
  | (EnterpriseSettings & { readonly kind: 'enterprise' })
  | { readonly kind: 'image' }
  | { readonly kind: 'deploy'; readonly database: string; readonly target: string; readonly port: number }
  | { readonly kind: 'insight'; readonly port: number };

const { argv, env } = process;
const [work, settings] = [argv[2], JSON.parse(argv[3] ?? '') as PlanSettings];
const crashes = JSON.parse(argv[4] ?? '[]') as readonly string[];
const { signal } = new AbortController();
const systems = openSystems({ variables: env, dotenv: new Map(), remarks: [] }, signal);
const places: Places = {
  home: findHome(env),
  built: argv[5] ?? '',
  version: '0',
};

function happened(what: string): void {
  writeSync(1, `${what}\n`);
  if (crashes.includes(what)) process.kill(process.pid, 'SIGKILL');
}

const report: Report = {
  say: happened,
  begin: (text) => {
    happened(`before: ${text}`);
    return {
      update: () => undefined,
      end: () => {
        happened(`after: ${text}`);
      },
    };
  },
  log: () => undefined,
};

async function planOf(wanted: PlanSettings): Promise<Plan> {
  switch (wanted.kind) {
    case 'stack':
      return stackPlan(wanted, places.home);
    case 'enterprise': {
      const plan = enterprisePlan(wanted, places.home);
      return { ...plan, steps: [...plan.steps, ...appUserPlan(wanted, places.home).steps] };
    }
    case 'image':
      return (await serviceImage(places.built, places.version)).plan;
    case 'deploy':
      return deployPlan(wanted);
    case 'insight':
      return insightPlan(
        { port: wanted.port, databases: await liveDatabases(STAGES, { places, systems, environment: env }) },
        places.home,
      );
  }
}

async function deployPlan(wanted: Extract<PlanSettings, { kind: 'deploy' }>): Promise<Plan> {
  const invocation = { systems, places, report, signal, environment: env } as unknown as Invocation;
  const database = named(databasesOf(STAGES), wanted.database);
  const target = await workOf(named(targetsOf(STAGES), wanted.target), invocation);
  const connection = connecting(database, () => Promise.resolve(undefined), invocation);
  const values = { port: wanted.port, explain: false, timeout: undefined } as never;
  const deployment = await target.deployment(values, { database: wanted.database, connection, undo: '' }, invocation);
  return deployment.script();
}

// Changed when main() ends: an event loop that runs dry must not look like success.
process.exitCode = 13;
void main();

async function main(): Promise<void> {
  const plan = await planOf(settings);
  const working = { report, signal };
  if (work === 'make') await ensure(plan, systems, working, {});
  else await remove(plan, systems, working, { withData: true });
  process.exitCode = 0;
}
