import { createHash } from 'node:crypto';
import { FIXED_FLAGS, variablesOf, type CloudRunSettings, type Source } from './settings.ts';

/** What a deployment adds up to, but for its password and the values of variables that may be secrets: fit for a label. */
export function digestOfSettings(settings: CloudRunSettings): string {
  const { source, buildRegion, min, max, limits, variables, labels, ingress } = settings;
  const { serviceAccount, network, subnet, force } = settings;
  const what = [
    contentOf(source),
    ...[FIXED_FLAGS, variablesOf(settings), min, max, serviceAccount, network, subnet, force],
    ...[limits, variables.map(({ name }) => name).toSorted(), labels, ingress],
    ...(buildRegion === undefined ? [] : [buildRegion]),
  ];
  return short(what);
}

/** The tag of the image that is built from a folder: another one when a build is forced. */
export function tagOfSource({ source, force }: CloudRunSettings): string {
  return `redisdemo-${short([contentOf(source), force])}`;
}

const contentOf = (source: Source): string => (source.kind === 'folder' ? source.digest : source.image);

const short = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
