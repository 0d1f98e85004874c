import { command } from '../../../command/command-spec.ts';
import { planSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { make, scriptResult, within } from '../../../command/plans.ts';
import { describeConnection } from '../../../connection.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { Problem } from '../../../problem.ts';
import { line } from '../../../report.ts';
import { proveModules } from '../../modules.ts';
import { appUserPlan } from '../bdb/app-user.ts';
import { CREATE_BDB } from '../bdb/steps.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { enterpriseConnection } from '../connection.ts';
import { enterprisePlan } from '../enterprise.ts';
import { chooseEnterprise } from '../ports.ts';
import { adminPassword, nodeApi, type EnterpriseSettings } from '../settings.ts';
import { enterpriseUpSettings } from './options.ts';

const UNDO = 'redisdemo enterprise down';

export const up = command({
  description:
    'Starts Redis Enterprise in containers, makes a cluster of them through its REST API, and a database with JSON and Search on it. It is a trial: 4 shards, 30 days.',
  settings: { ...enterpriseUpSettings, ...planSettings },
  work: async (values, invocation) => {
    const { systems, places, finish } = invocation;
    const { explain, timeout } = values;
    const there = (await findEnterprise(systems))?.settings;
    if (there) assertNoFewerNodes(values.nodes, there.nodes);
    const settings = await chooseEnterprise(values, there, systems);
    const user = values.user === 'app' && within(timeout, appUserPlan(settings, places.home));
    if (values.print) {
      const plan = within(timeout, enterprisePlan(settings, places.home));
      finish(scriptResult(user ? { ...plan, steps: [...plan.steps, ...user.steps] } : plan));
      return;
    }
    const made = await makeEnterprise(settings, values, invocation);
    const users = user ? await make(user, { explain, undo: UNDO }, invocation) : [];
    const connection = await enterpriseConnection(places.home, systems);
    const { host, port } = connection;
    const web = `https://127.0.0.1:${String(settings.uiPort)}`;
    finish({
      data: { host, port, user: connection.user ?? 'default', web, created: createdTitles([...made, ...users]) },
      view: [
        line(`Redis Enterprise is ready at ${describeConnection(connection)}.`, 'good'),
        line(`Web interface: ${web}, user ${nodeApi(1, settings, places.home).user}`),
        line(`Its password: ${adminPassword(places.home).file}`),
        line('For a shell: eval "$(redisdemo env --db enterprise)"'),
      ],
    });
  },
});

/** Nodes can be added; existing ones hold data. */
function assertNoFewerNodes(wanted: number, there: number): void {
  if (wanted >= there) return;
  throw new Problem('differs', {
    message: `The cluster has ${String(there)} nodes; ${String(wanted)} asked for.`,
    hint: `Say --nodes ${String(there)}, or begin anew: redisdemo enterprise down`,
  });
}

/** A new cluster is also tested: a document is written and read. */
export async function makeEnterprise(
  settings: EnterpriseSettings,
  { explain, timeout }: { readonly explain: boolean; readonly timeout: number | undefined },
  invocation: Invocation,
): Promise<Results> {
  const { systems, places, report } = invocation;
  const plan = within(timeout, enterprisePlan(settings, places.home));
  const results = await make(plan, { explain, undo: UNDO }, invocation);
  if (!hasCreated(results, CREATE_BDB)) return results;
  const connection = await enterpriseConnection(places.home, systems);
  const warning = await proveModules(connection, systems, invocation);
  if (warning !== undefined) report.say(warning, 'note');
  return results;
}
