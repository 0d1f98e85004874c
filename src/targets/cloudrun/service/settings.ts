import { createHash } from 'node:crypto';
import { serviceVariables, type Connection } from '../../../connection.ts';
import type { CloudRunPlace } from '../place/place.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';

/** A folder that Google builds, with the digest of its content; or an existing image. */
export type Source =
  | { readonly kind: 'folder'; readonly folder: string; readonly digest: string }
  | { readonly kind: 'image'; readonly image: string };

export interface Variable {
  readonly name: string;
  /** A function, so that no record of settings shows it. */
  readonly value: () => string;
}

export interface CloudRunSettings extends CloudRunPlace {
  readonly source: Source;
  /** As Cloud Run reaches it; undefined keeps users in memory. */
  readonly connection: Connection | undefined;
  /** PEM text. */
  readonly ca: string | undefined;
  readonly private: boolean;
  readonly min: number;
  readonly max: number;
  readonly limits: Limits;
  /** Beside those that redisdemo sets. A deployment removes variables that are not given again. */
  readonly variables: readonly Variable[];
  /** Beside redisdemo's own. Labels of earlier deployments stay, as in gcloud. */
  readonly labels: Readonly<Record<string, string>>;
  /** undefined: unchanged, and `all` at first. */
  readonly ingress: Ingress | undefined;
  /** E-mail; undefined: the project's default compute account. */
  readonly serviceAccount: string | undefined;
  /** E-mail; undefined: the project's default. */
  readonly buildServiceAccount: string | undefined;
  /** undefined: in the region of the service, or there is an image already. */
  readonly buildRegion: string | undefined;
  /** A name, or `projects/HOST/global/networks/NAME` for another project's (Shared VPC). */
  readonly network: string | undefined;
  /** A name, or `projects/HOST/regions/REGION/subnetworks/NAME`. */
  readonly subnet: string | undefined;
  /** False leaves a proven revision without traffic, as the candidate. */
  readonly promote: boolean;
  /** For a deployment, including its build. */
  readonly limitMs: number;
  /** Deploys even what runs already: any text makes it another deployment. */
  readonly force: string | undefined;
}

/** https://cloud.google.com/run/docs/securing/ingress */
export const INGRESS = ['all', 'internal', 'internal-and-cloud-load-balancing'] as const;
type Ingress = (typeof INGRESS)[number];

export const DEPLOYMENT_DEFAULTS = {
  private: false,
  min: 0,
  max: 4,
  limits: DEFAULT_LIMITS,
  variables: [],
  labels: {},
  ingress: undefined,
  serviceAccount: undefined,
  buildServiceAccount: undefined,
  buildRegion: undefined,
  network: undefined,
  subnet: undefined,
  promote: true,
  force: undefined,
} as const satisfies Partial<CloudRunSettings>;

export const DEPLOY_LIMIT_MS = 30 * 60_000;
/** The tag under which a new revision is tried. */
export const CANDIDATE = 'candidate';
/** The tag of what served before: where a rollback goes. A revision that was tried and refused never has it. */
export const PREVIOUS = 'previous';
/** On the service and its secret: redisdemo created what carries it. */
export const LABEL_VALUE = 'cloudrun';
export const DIGEST_LABEL = 'redisdemo-digest';
/** When redisdemo created the service, in seconds: anything older in its folders is not redisdemo's. */
export const SINCE_LABEL = 'redisdemo-since';
export const PASSWORD_VARIABLE = 'REDISPASS';

/**
 * gen2: a full Linux, without the gaps of gen1. The probe asks the service whether it can work, over the default of a
 * bare TCP connection; its path must not end in z (service/src/routes/health.ts). min-instances would be kept for every tagged
 * revision too: `--min` counts for the service. https://cloud.google.com/run/docs/configuring/min-instances
 */
export const FIXED_FLAGS: readonly string[] = [
  ...['--port=8080', '--cpu-boost'],
  '--execution-environment=gen2',
  '--startup-probe=httpGet.path=/health,httpGet.port=8080,periodSeconds=2,failureThreshold=30,timeoutSeconds=2',
];

/** The variables that redisdemo sets, but for the password. LISTEN_HOST: a container's own loopback cannot be reached. */
export function variablesOf({ connection, ca }: Pick<CloudRunSettings, 'connection' | 'ca'>): Record<string, string> {
  const redis = connection ? serviceVariables({ ...connection, password: undefined, caFile: undefined }) : {};
  return { LISTEN_HOST: '0.0.0.0', ...redis, ...(ca !== undefined && { REDISCA: ca }) };
}

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

export function tagOfSource({ source, force }: CloudRunSettings): string {
  return `redisdemo-${short([contentOf(source), force])}`;
}

const contentOf = (source: Source): string => (source.kind === 'folder' ? source.digest : source.image);

const short = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
