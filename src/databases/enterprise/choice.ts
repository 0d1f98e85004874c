/** From what is asked for to the settings of a cluster. Throws a Problem for what no cluster can have. */
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { checkPorts, freeDatabasePort, freePorts } from './ports.ts';
import type { EnterpriseSettings } from './settings.ts';

type PortOrAuto = number | 'auto';

interface WantedEnterprise {
  readonly image: string;
  readonly nodes: number;
  readonly port: PortOrAuto;
  readonly apiPort: PortOrAuto;
  readonly uiPort: PortOrAuto;
}

/** `auto` is the port that the first container has, or one that is free now. */
export async function chooseEnterprise(
  { image, nodes, port, apiPort, uiPort }: WantedEnterprise,
  there: EnterpriseSettings | undefined,
  systems: Systems,
): Promise<EnterpriseSettings> {
  // The given ones first: no chosen one may be one of them.
  const taken = [...row(port), ...row(apiPort, nodes), ...row(uiPort)];
  const choose = async (wanted: PortOrAuto, now: number | undefined, any: () => Promise<number>): Promise<number> => {
    if (wanted !== 'auto') return wanted;
    const chosen = now ?? (await any());
    taken.push(...row(chosen, nodes));
    return chosen;
  };
  const settings = {
    image,
    nodes,
    port: await choose(port, there?.port, () => freeDatabasePort(systems, taken)),
    apiPort: await choose(apiPort, there?.apiPort, () => freePorts(nodes, taken, systems)),
    uiPort: await choose(uiPort, there?.uiPort, () => freePorts(1, taken, systems)),
  };
  checkPorts(settings);
  return settings;
}

function row(first: PortOrAuto, count = 1): number[] {
  return first === 'auto' ? [] : Array.from({ length: count }, (_, index) => first + index);
}

/** More can join; those that exist have data. */
export function assertNoFewerNodes(wanted: number, there: number): void {
  if (wanted >= there) return;
  throw new Problem('differs', {
    message: `The cluster has ${String(there)} nodes; ${String(wanted)} asked for.`,
    hint: `Say --nodes ${String(there)}, or begin anew: redisdemo enterprise down`,
  });
}
