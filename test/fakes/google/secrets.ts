/**
 * Secrets and their versions.
 *
 * Source: cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets. A destroyed version is
 * FAILED_PRECONDITION "is in DESTROYED state.": its Troubleshooting page.
 */
import { Refusal, type Json } from './exchange.ts';

export interface Version {
  readonly number: number;
  readonly created: string;
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  /** Undefined once it is destroyed. */
  value: Buffer | undefined;
}

/** Automatic is global. */
export interface Replication {
  readonly automatic?: object;
  readonly userManaged?: { readonly replicas: readonly { readonly location: string }[] };
}

export interface Secret {
  readonly name: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replication: Replication;
  readonly versions: Version[];
}

/** `latest` is the newest that is enabled. */
export function select({ versions }: Secret, wanted: string): Version | undefined {
  if (wanted === 'latest') return versions.findLast(({ state }) => state === 'ENABLED');
  return versions.find(({ number }) => String(number) === wanted);
}

export function destroyed(path: string, { number, state }: Version): Refusal {
  return new Refusal(
    'FAILED_PRECONDITION',
    `Secret Version [${path}/versions/${String(number)}] is in ${state} state.`,
  );
}

export function describeSecret({ name, created, labels, replication }: Secret, path: string): Json {
  return { name: path, createTime: created, labels, replication, etag: `"${name}"` };
}

export function describeVersion({ number, created, state }: Version, path: string): Json {
  return {
    name: `${path}/versions/${String(number)}`,
    createTime: created,
    state,
    replicationStatus: { automatic: {} },
    etag: `"${String(number)}"`,
  };
}
