import type { Step } from './plan.ts';

export const NETWORK = 'redisdemo';

interface StateFolder {
  readonly id: string;
  readonly idFile: string;
}

/** Keeps the id in every label, and creates the network that the stages share. */
export function sharedNetworkSteps({ id, idFile }: StateFolder): Step[] {
  return [
    {
      id: 'state-id',
      title: 'keep the id of the state folder',
      action: { kind: 'file', file: idFile, content: { from: 'text', text: id }, keptFor: id },
    },
    {
      id: 'network',
      title: `create network ${NETWORK}`,
      action: { kind: 'createNetwork', name: NETWORK, stage: 'stack', home: id },
    },
  ];
}
