import type { planSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { make, scriptResult, within } from '../../../command/plans.ts';
import type { Values } from '../../../command/setting.ts';
import { describeConnection } from '../../../connection.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { line } from '../../../report.ts';
import { proveModules } from '../../modules.ts';
import { CREATE_BDB } from '../bdb/steps.ts';
import { assertNoFewerNodes, chooseEnterprise } from '../choice.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { enterpriseConnection } from '../connection.ts';
import { appUserPlan, enterprisePlan } from '../enterprise.ts';
import { adminPassword, nodeApi, type EnterpriseSettings } from '../settings.ts';
import type { enterpriseUpSettings } from './options.ts';

type UpValues = Values<typeof enterpriseUpSettings & typeof planSettings>;

const UNDO = 'redisdemo enterprise down';

export async function enterpriseUp(values: UpValues, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const there = (await findEnterprise(systems))?.settings;
  if (there) assertNoFewerNodes(values.nodes, there.nodes);
  const settings = await chooseEnterprise(values, there, systems);
  const plan = within(values.timeout, enterprisePlan(settings, places.home));
  const user = within(values.timeout, appUserPlan(settings, places.home));
  if (values.print) {
    finish(scriptResult(values.user === 'app' ? { ...plan, steps: [...plan.steps, ...user.steps] } : plan));
    return;
  }
  const made = await makeEnterprise(settings, values, invocation);
  const users = values.user === 'app' ? await make(user, { explain: values.explain, undo: UNDO }, invocation) : [];
  await finishUp(settings, [...made, ...users], invocation);
}

async function finishUp(settings: EnterpriseSettings, results: Results, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const connection = await enterpriseConnection(places.home, systems);
  const web = `https://127.0.0.1:${String(settings.uiPort)}`;
  finish({
    data: {
      host: connection.host,
      port: connection.port,
      user: connection.user ?? 'default',
      web,
      created: createdTitles(results),
    },
    view: [
      line(`Redis Enterprise is ready at ${describeConnection(connection)}.`, 'good'),
      line(`Web interface: ${web}, user ${nodeApi(1, settings, places.home).user}`),
      line(`Its password: ${adminPassword(places.home).file}`),
      line('For a shell: eval "$(redisdemo env --db enterprise)"'),
    ],
  });
}

/** Makes the cluster, and proves that a document goes there and back when it is new. */
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
