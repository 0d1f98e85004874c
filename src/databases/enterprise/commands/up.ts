import { describeConnection } from '../../../connection.ts';
import { enterpriseRemains, enterprisePlan, appUserPlan, enterpriseConnection } from '../enterprise.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { checkPorts, freeDatabasePort, freePorts } from '../ports.ts';
import { clusterReport, type ClusterReport } from '../report.ts';
import { ENTERPRISE_DEFAULTS, adminPassword, nodeApi, nodeName, type EnterpriseSettings } from '../settings.ts';
import { proveModules } from '../../modules.ts';
import { CREATE_DATABASE } from '../bdb/steps.ts';
import { createdTitles, hasCreated, type Results } from '../../../plan/results.ts';
import { planStatus, type StageStatus } from '../../../plan/status.ts';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { line, type Line, type Table } from '../../../report.ts';
import type { linesSettings, ownerSettings, planSettings, removeSettings } from '../../../command/docker-options.ts';
import type { enterpriseUpSettings } from './options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import type { Values } from '../../../command/setting.ts';
import { printLog } from '../../../command/container-log.ts';
import { make, finishRemoval, ofOwner, scriptResult, takeAway, within } from '../../../command/plans.ts';

type UpValues = Values<typeof enterpriseUpSettings & typeof planSettings>;

const UNDO = 'redisdemo enterprise down';

export async function enterpriseUp(values: UpValues, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const there = (await findEnterprise(systems))?.settings;
  if (there) noFewerNodes(values.nodes, there.nodes);
  const settings = await chooseEnterprise(values, there, systems);
  const plan = within(values.timeout, enterprisePlan(settings, places.home));
  const user = within(values.timeout, appUserPlan(settings, places.home));
  if (values.print) {
    finish(scriptResult(values.user === 'app' ? { ...plan, steps: [...plan.steps, ...user.steps] } : plan));
    return;
  }
  const made = await makeEnterprise(settings, values, invocation);
  const users = values.user === 'app' ? await make(user, { explain: values.explain, undo: UNDO }, invocation) : [];
  const connection = await enterpriseConnection(places.home, systems);
  const web = `https://127.0.0.1:${String(settings.uiPort)}`;
  finish({
    data: {
      host: connection.host,
      port: connection.port,
      user: connection.user ?? 'default',
      web,
      created: createdTitles([...made, ...users]),
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
  const results = await make(
    within(timeout, enterprisePlan(settings, places.home)),
    { explain, undo: UNDO },
    invocation,
  );
  if (!hasCreated(results, CREATE_DATABASE)) return results;
  const connection = await enterpriseConnection(places.home, systems);
  const warning = await proveModules(connection, systems, invocation);
  if (warning !== undefined) report.say(warning, 'note');
  return results;
}

/** More may join; those that are there have data. */
function noFewerNodes(wanted: number, there: number): void {
  if (wanted >= there) return;
  throw new Problem('differs', {
    message: `The cluster has ${String(there)} nodes; ${String(wanted)} asked for.`,
    hint: `Say --nodes ${String(there)}, or begin anew: redisdemo enterprise down`,
  });
}

/** `auto` is the port that the first container has, or one that is free now. Throws a Problem for ports that collide. */
export async function chooseEnterprise(
  values: Values<typeof enterpriseUpSettings>,
  there: EnterpriseSettings | undefined,
  systems: Systems,
): Promise<EnterpriseSettings> {
  const { image, nodes } = values;
  // The given ones first: no chosen one may be one of them.
  const row = (first: number | 'auto', count = 1): number[] =>
    first === 'auto' ? [] : Array.from({ length: count }, (_, index) => first + index);
  const taken = [...row(values.port), ...row(values.apiPort, nodes), ...row(values.uiPort)];
  const choose = async (
    wanted: number | 'auto',
    now: number | undefined,
    any: () => Promise<number>,
  ): Promise<number> => {
    if (wanted !== 'auto') return wanted;
    const port = now ?? (await any());
    taken.push(...row(port, nodes));
    return port;
  };
  const settings = {
    image,
    nodes,
    port: await choose(values.port, there?.port, () => freeDatabasePort(systems, taken)),
    apiPort: await choose(values.apiPort, there?.apiPort, () => freePorts(nodes, taken, systems)),
    uiPort: await choose(values.uiPort, there?.uiPort, () => freePorts(1, taken, systems)),
  };
  checkPorts(settings);
  return settings;
}

export async function enterpriseDown(
  values: Values<typeof removeSettings & typeof ownerSettings>,
  invocation: Invocation,
): Promise<void> {
  const { systems, places, confirm } = invocation;
  const there = values.owner !== undefined || (await findEnterprise(systems)) !== undefined;
  if (there && !values.yes && !(await confirm('This deletes the cluster and all its databases.', '--yes'))) {
    throw new Problem('declined', { message: 'Nothing was removed.' });
  }
  const all = { ...ENTERPRISE_DEFAULTS, nodes: 9 };
  const plan =
    values.owner === undefined
      ? await enterpriseRemains(places.home, systems)
      : ofOwner(values.owner, enterprisePlan(all, places.home));
  finishRemoval(await takeAway(plan, { explain: values.explain, withData: true }, invocation), invocation);
}

export async function enterpriseStatus(_values: object, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const there = await findEnterprise(systems);
  const settings = there?.settings ?? ENTERPRISE_DEFAULTS;
  const status = await planStatus(enterprisePlan(settings, places.home), systems, invocation);
  const { cluster, ...found }: Inside = status.state === 'ready' ? await lookInside(settings, invocation) : status;
  finish({
    data: { ...found, ...(there && { image: settings.image, nodes: settings.nodes }), cluster: cluster ?? null },
    view: [
      line(`redisdemo-enterprise: ${found.state}${found.reason === undefined ? '' : ` (${found.reason})`}`),
      ...(cluster ? clusterView(cluster) : []),
    ],
  });
}

type Inside = StageStatus & { readonly cluster?: ClusterReport };

/** Containers that run are no cluster yet, nor one that answers us. */
async function lookInside(settings: EnterpriseSettings, { systems, places, signal }: Invocation): Promise<Inside> {
  try {
    const cluster = await clusterReport(nodeApi(1, settings, places.home), systems, signal);
    const gone = cluster.nodes.filter(({ status }) => status !== null && status !== 'active');
    if (gone.length === 0 && cluster.nodes.length >= settings.nodes) return { state: 'ready', cluster };
    const words = gone.map(
      ({ uid, address, status }) => `node ${String(uid)} (${String(address)}) is ${String(status)}`,
    );
    const few = `${String(cluster.nodes.length)} of ${String(settings.nodes)} nodes are in the cluster`;
    return { state: 'partial', reason: words.join(', ') || few, cluster };
  } catch (error) {
    if (!(error instanceof Problem) || signal.aborted) throw error;
    return { state: 'partial', reason: error.message };
  }
}

function clusterView({ name, daysLeft, shardsUsed, shardsLimit, databases }: ClusterReport): (Line | Table)[] {
  const licence = daysLeft === null ? '' : `, ${String(daysLeft)} days left`;
  return [
    line(`cluster ${name}: ${String(shardsUsed)} of ${String(shardsLimit)} shards${licence}`),
    {
      kind: 'table',
      columns: ['database', 'status', 'port', 'ops/s', 'memory', 'clients', 'keys'],
      rows: databases.map((database) => [
        database.name,
        database.status,
        String(database.port),
        number(database.operations),
        database.memoryBytes === null ? '-' : `${(database.memoryBytes / 1e6).toFixed(1)} MB`,
        number(database.connections),
        number(database.keys),
      ]),
    },
  ];
}

function number(value: number | null): string {
  return value === null ? '-' : value.toFixed(0);
}

export function enterpriseLogs({ lines }: Values<typeof linesSettings>, invocation: Invocation): Promise<void> {
  return printLog(
    { container: nodeName(1), lines, start: 'redisdemo enterprise up', missing: 'not_running' },
    invocation,
  );
}
