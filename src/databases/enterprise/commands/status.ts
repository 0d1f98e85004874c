import type { Invocation } from '../../../command/invocation.ts';
import { planStatus, type StageStatus } from '../../../plan/status.ts';
import { Problem } from '../../../problem.ts';
import { line, type Line, type Table } from '../../../report.ts';
import { findEnterprise } from '../cluster/nodes.ts';
import { enterprisePlan } from '../enterprise.ts';
import { clusterReport, type ClusterReport } from '../report.ts';
import { ENTERPRISE_DEFAULTS, nodeApi, type EnterpriseSettings } from '../settings.ts';

export async function enterpriseStatus(_values: object, invocation: Invocation): Promise<void> {
  const { systems, places, finish } = invocation;
  const found = await findEnterprise(systems);
  const settings = found?.settings ?? ENTERPRISE_DEFAULTS;
  const status = await planStatus(enterprisePlan(settings, places.home), systems, invocation);
  const { cluster, ...state }: ClusterStatus =
    status.state === 'ready' ? await clusterStatus(settings, invocation) : status;
  finish({
    data: { ...state, ...(found && { image: settings.image, nodes: settings.nodes }), cluster: cluster ?? null },
    view: [
      line(`redisdemo-enterprise: ${state.state}${state.reason === undefined ? '' : ` (${state.reason})`}`),
      ...(cluster ? clusterView(cluster) : []),
    ],
  });
}

type ClusterStatus = StageStatus & { readonly cluster?: ClusterReport };

/** Containers that run are not a cluster yet, nor one that answers. */
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
