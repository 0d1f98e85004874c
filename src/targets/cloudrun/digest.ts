import { createHash } from 'node:crypto';
import { FIXED_FLAGS, variablesOf, type CloudRunSettings } from './settings.ts';

/** What a deployment adds up to, but for its password and the values of variables that may be secrets: fit for a label. */
export function digestOfSettings(settings: CloudRunSettings): string {
  const { source, min, max, limits, variables, labels, ingress, serviceAccount, network, subnet, force } = settings;
  const what = [
    source.kind === 'folder' ? source.digest : source.image,
    ...[FIXED_FLAGS, variablesOf(settings), min, max, serviceAccount, network, subnet, force],
    ...[limits, variables.map(({ name }) => name).toSorted(), labels, ingress],
  ];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
}
