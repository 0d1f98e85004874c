import * as v from 'valibot';
import type { Systems } from '../../../plan/systems.ts';
import { Problem } from '../../../problem.ts';
import { printable } from '../../../text/foreign-text.ts';
import { DEFAULT_REGION, NAME, PROJECT } from '../place/place.ts';
import { gcloudText, installFirst } from './gcloud.ts';

export interface Client {
  readonly version: string;
  /** undefined when nobody is logged in. */
  readonly account: string | undefined;
  readonly project: string | undefined;
  /** undefined where it is not set. CLOUDSDK_PROXY_ADDRESS overrides proxy/address: https://cloud.google.com/sdk/docs/properties */
  readonly property: (section: string, name: string) => string | undefined;
}

const KNOWN_VERSION = 528;

/** All of it from one call: each takes gcloud half a second to start. */
export const INFO = gcloudText(
  ['info', '--format=json(basic.version,config.account,config.project,config.properties)'],
  { once: true },
);

const PROPERTY = v.object({ value: v.nullish(v.union([v.string(), v.number(), v.boolean()])) });

const INFO_JSON = v.object({
  basic: v.object({ version: v.string() }),
  config: v.object({
    account: v.nullish(v.string()),
    project: v.nullish(v.string()),
    properties: v.nullish(v.record(v.string(), v.record(v.string(), v.nullish(PROPERTY)))),
  }),
});

/** Throws a Problem when there is no gcloud, or when it is broken. */
export async function readClient({ calls }: Pick<Systems, 'calls'>, signal: AbortSignal): Promise<Client> {
  const answer = await calls.send(INFO, signal).catch(installFirst);
  if (answer.kind !== 'ok') throw broken(answer.reason);
  return clientOf(answer.value.text);
}

/** Throws a Problem when the text is not what {@link INFO} prints. */
export function clientOf(text: string): Client {
  const info = v.safeParse(v.pipe(v.string(), v.parseJson(), INFO_JSON), text);
  if (!info.success) throw broken(`"gcloud info" printed something else: ${text.slice(0, 60)}`);
  const { basic, config } = info.output;
  return {
    version: basic.version,
    account: config.account ?? undefined,
    project: config.project ?? undefined,
    property: (section, name) => {
      const value = config.properties?.[section]?.[name]?.value ?? '';
      return value === '' ? undefined : String(value);
    },
  };
}

function broken(reason: string): Problem {
  return new Problem('system_failed', {
    message: `gcloud does not work: ${reason}`,
    hint: 'See what it prints: gcloud info   To install it again: https://cloud.google.com/sdk/docs/install',
  });
}

export function describeClient({ version, account, property }: Client): string {
  const age =
    Number.parseInt(version) < KNOWN_VERSION
      ? `, which is older than ${String(KNOWN_VERSION)}: if it does not know a flag, gcloud components update`
      : '';
  const impersonated = property('auth', 'impersonate_service_account');
  const as = impersonated === undefined ? '' : `, acting as ${impersonated}`;
  return `gcloud ${version}${age}, logged in as ${account ?? 'whoever the access token is from'}${as}`;
}

export function memberOf({ account = 'ACCOUNT', property }: Client): string {
  return policyMember(property('auth', 'impersonate_service_account')?.split(',').at(-1)?.trim() ?? account);
}

/** https://cloud.google.com/iam/docs/principal-identifiers; federated logins have their whole name as their account. */
function policyMember(account: string): string {
  if (account.includes('://')) return account;
  return `${account.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${account}`;
}

/** Throws a Problem when gcloud's run/region is not valid. */
export function regionOf({ property }: Client): string {
  return checked(property('run', 'region') ?? DEFAULT_REGION, NAME, 'run/region', '--region REGION');
}

/** undefined where gcloud has none. Throws a Problem when it is not valid. */
export function projectOf({ project }: Client): string | undefined {
  return project === undefined ? undefined : checked(project, PROJECT, 'core/project', '--project ID');
}

/** The value becomes part of URLs that get the access token. */
function checked(value: string, pattern: string, property: string, instead: string): string {
  if (new RegExp(`^${pattern}$`).test(value)) return value;
  throw new Problem('bad_setting', {
    message: `gcloud's ${property} is not valid: ${printable(value, 60)}`,
    hint: `Set another: gcloud config set ${property} VALUE   Or give one here: ${instead}`,
  });
}
