import { command } from '../../../command/command-spec.ts';
import { printLog } from '../../../command/container-log.ts';
import { linesSettings, ownerSettings, removeSettings } from '../../../command/docker-options.ts';
import type { Invocation } from '../../../command/invocation.ts';
import { finishRemoval, ofOwner, takeAway } from '../../../command/plans.ts';
import { planStatus, type StageStatus } from '../../../plan/status.ts';
import { Problem } from '../../../problem.ts';
import { line, type Line, type Table } from '../../../report.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { enterprisePlan, enterpriseRemains } from '../enterprise.ts';
import { clusterReport, type ClusterReport } from '../report.ts';
import { ENTERPRISE_DEFAULTS, nodeApi, nodeName, type EnterpriseSettings } from '../settings.ts';

/** The most nodes a cluster can have: how many another state folder created is not known here. */
const LARGEST = { ...ENTERPRISE_DEFAULTS, nodes: 9 };

export const down = command({
  description: 'Takes the containers away, and with them the cluster and its data.',
  settings: { ...ownerSettings, ...removeSettings },
  work: async ({ owner, yes, explain }, invocation) => {
    const { systems, places, confirm } = invocation;
    const exists = owner !== undefined || (await findEnterprise(systems)) !== undefined;
    if (exists && !yes && !(await confirm('This deletes the cluster and all its databases.', '--yes'))) {
      throw new Problem('declined', { message: 'Nothing was removed.' });
    }
    const plan =
      owner === undefined
        ? await enterpriseRemains(places.home, systems)
        : ofOwner(owner, enterprisePlan(LARGEST, places.home));
    finishRemoval(await takeAway(plan, { explain, withData: true }, invocation), invocation);
  },
});

export const logs = command({
  description: "Prints the last lines of the first container's log.",
  settings: linesSettings,
  work: ({ lines }, invocation) =>
    printLog({ container: nodeName(1), lines, start: 'redisdemo enterprise up', missing: 'not_running' }, invocation),
});

export const status = command({
  description: 'Says what is there, what the licence leaves, and what each database does.',
  settings: {},
  work: async (_values, invocation) => {
    const { systems, places, finish } = invocation;
    const found = await findEnterprise(systems);
    const settings = found?.settings ?? ENTERPRISE_DEFAULTS;
    const ofPlan = await planStatus(enterprisePlan(settings, places.home), systems, invocation);
    const { cluster, ...state }: ClusterStatus =
      ofPlan.state === 'ready' ? await clusterStatus(settings, invocation) : ofPlan;
    finish({
      data: { ...state, ...(found && { image: settings.image, nodes: settings.nodes }), cluster: cluster ?? null },
      view: [
        line(`redisdemo-enterprise: ${state.state}${state.reason === undefined ? '' : ` (${state.reason})`}`),
        ...(cluster ? clusterView(cluster) : []),
      ],
    });
  },
});

type ClusterStatus = StageStatus & { readonly cluster?: ClusterReport };

/** Running containers may not be a cluster yet, or may not answer. */
async function clusterStatus(
  settings: EnterpriseSettings,
  { systems, places, signal }: Invocation,
): Promise<ClusterStatus> {
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
  const number = (value: number | null): string => value?.toFixed(0) ?? '-';
  return [
    line(`cluster ${name}: ${String(shardsUsed)} of ${String(shardsLimit)} shards${licence}`),
    {
      kind: 'table',
      columns: ['database', 'status', 'port', 'ops/s', 'memory', 'clients', 'keys'],
      rows: databases.map(({ name: database, status, port, operations, memoryBytes, connections, keys }) => [
        ...[database, status, String(port), number(operations)],
        memoryBytes === null ? '-' : `${(memoryBytes / 1e6).toFixed(1)} MB`,
        ...[number(connections), number(keys)],
      ]),
    },
  ];
}
