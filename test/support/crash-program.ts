/**
 * A program that carries out one plan, or removes it, and kills itself with SIGKILL where it reports one of the given
 * lines. Each line that it reports goes to stdout first.
 */
import { writeSync } from 'node:fs';
import { openSystems } from '../../src/cli/open-systems.ts';
import { appUserPlan, enterprisePlan } from '../../src/databases/enterprise/enterprise.ts';
import type { EnterpriseSettings } from '../../src/databases/enterprise/settings.ts';
import { stackPlan, type StackSettings } from '../../src/databases/stack/stack.ts';
import { deployment, type DeploySettings, type Places } from '../../src/deployment.ts';
import { findHome } from '../../src/home.ts';
import { serviceImage } from '../../src/image.ts';
import { insightPlan } from '../../src/insight/insight.ts';
import { liveDatabases } from '../../src/insight/live-databases.ts';
import { ensure } from '../../src/plan/ensure.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { remove } from '../../src/plan/remove.ts';
import type { Report } from '../../src/report.ts';

/** Which plan: on the command line, as JSON. Then where it crashes, and the folder of the build. */
export type PlanSettings =
  | (StackSettings & { readonly kind: 'stack' })
  /** With the user of the service. */
  | (EnterpriseSettings & { readonly kind: 'enterprise' })
  | { readonly kind: 'image' }
  | (Omit<DeploySettings, 'connection'> & { readonly kind: 'deploy' })
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
      return (await deployment({ ...wanted, connection: undefined }, places, systems)).plan;
    case 'insight':
      return insightPlan({ port: wanted.port, databases: await liveDatabases(places.home, systems) }, places.home);
  }
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
