/** What every stage in Docker stands on. */
import type { Step } from './plan.ts';

interface Owner {
  readonly id: string;
  readonly idFile: string;
}

/** Keeps the id that everything is labelled with, and creates the network that the stages share. */
export function sharedNetworkSteps({ id, idFile }: Owner, network: string): Step[] {
  return [
    {
      id: 'state-id',
      title: 'keep the id of the state folder',
      action: { kind: 'file', file: idFile, content: { from: 'text', text: id }, keptFor: id },
    },
    {
      id: 'network',
      title: `create network ${network}`,
      action: { kind: 'createNetwork', name: network, stage: 'stack', home: id },
    },
  ];
}
