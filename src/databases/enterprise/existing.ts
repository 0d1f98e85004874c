/** A database that exists, as the API shows it. */
import type { Api, Question } from '../../plan/call.ts';
import { get } from './question.ts';

/** What the API gives of a database; ports come from its endpoints, for `port` is 0 when it was chosen. */
export interface Found {
  readonly uid: number;
  readonly name: string;
  readonly status: string;
  readonly port: number;
  readonly memory_size: number;
  readonly replication: boolean;
  readonly data_persistence: string;
  readonly eviction_policy: string;
  readonly tls_mode: string;
  readonly version?: string | null;
  readonly redis_version?: string | null;
  readonly endpoints?: readonly Endpoint[] | null;
  readonly module_list?: readonly { readonly module_name: string; readonly semantic_version?: string }[] | null;
}

interface Endpoint {
  readonly port: number;
  readonly dns_name?: string | null;
  readonly addr?: readonly string[] | null;
}

export function portOf({ port, endpoints }: Found): number {
  return port !== 0 ? port : (endpoints?.[0]?.port ?? 0);
}

export function databaseNamed(api: Api, name: string): Question {
  return get(api, '/v1/bdbs', `.[] | select(.name == ${JSON.stringify(name)})`);
}
