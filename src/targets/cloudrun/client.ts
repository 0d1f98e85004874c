/** The gcloud of this machine: its version, who is logged in, and the project that it is set to. */
import type { Systems } from '../../plan/systems.ts';
import { Problem } from '../../problem.ts';
import { gcloudText, installFirst } from './gcloud.ts';

export interface Client {
  readonly version: string;
  /** undefined when nobody is. */
  readonly account: string | undefined;
  readonly project: string | undefined;
}

/** What we know of gcloud was seen with this one. */
const KNOWN_VERSION = 528;

/** All three from one call: each takes gcloud half a second to start. */
const INFO = gcloudText(['info', '--format=json(basic.version,config.account,config.project)'], { once: true });

interface InfoJson {
  readonly basic: { readonly version: string };
  readonly config: { readonly account: string | null; readonly project: string | null };
}

/** Throws a Problem when there is no gcloud, or when it is broken. */
export async function readClient({ calls }: Pick<Systems, 'calls'>, signal: AbortSignal): Promise<Client> {
  const answer = await calls.ask({ call: INFO, select: '.' }, signal).catch(installFirst);
  if (answer.kind !== 'ok') throw new Problem('system_failed', { message: `gcloud does not work: ${answer.reason}` });
  const { basic, config } = answer.value as InfoJson;
  return { version: basic.version, account: config.account ?? undefined, project: config.project ?? undefined };
}

/** What a person should know of it before anything is made. */
export function describeClient({ version, account }: Client): string {
  const age =
    Number.parseInt(version) < KNOWN_VERSION
      ? `, which is older than ${String(KNOWN_VERSION)}: if it does not know a flag, gcloud components update`
      : '';
  return `gcloud ${version}${age}, logged in as ${account ?? 'whoever the access token is from'}`;
}

/** As a policy names who is logged in. */
export function memberOf({ account = 'ACCOUNT' }: Client): string {
  return `${account.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${account}`;
}
