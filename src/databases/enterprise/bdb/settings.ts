/** The settings of a new database. The REST API calls a database a bdb, and so does this folder. */
import type { Json } from '../../../plan/call.ts';
import { Problem } from '../../../problem.ts';
import type { Endpoint } from './endpoint.ts';

export interface BdbSettings {
  readonly name: string;
  readonly memoryBytes: number;
  readonly port: number;
  readonly password: { readonly file: string };
  /** Needs two nodes. */
  readonly replication: boolean;
  readonly persistence: 'disabled' | 'snapshot' | 'aof';
  readonly eviction: string;
  readonly tls: boolean;
  /** Every node accepts connections, so that clients survive the loss of one. */
  readonly onAllNodes: boolean;
  /** The cluster runs in redisdemo's containers. */
  readonly own: boolean;
  /** Absent when this machine does not reach the database. */
  readonly endpoint?: Endpoint | undefined;
}

/** @param versions the fact with the Redis version and the modules */
export function bdbBody(settings: BdbSettings, versions: string): Json {
  const { name, memoryBytes, port, password, replication, persistence, eviction, tls, onAllNodes } = settings;
  return {
    '...': { $fact: versions },
    name,
    type: 'redis',
    memory_size: memoryBytes,
    port,
    authentication_redis_pass: { $secret: password },
    replication,
    data_persistence: persistence,
    ...(persistence === 'aof' && { aof_policy: 'appendfsync-every-sec' }),
    ...(persistence === 'snapshot' && { snapshot_policy: [{ secs: 3600, writes: 1 }] }),
    eviction_policy: eviction,
    // By default TLS also requires a client certificate.
    ...(tls && { tls_mode: 'enabled', enforce_client_authentication: 'disabled' }),
    proxy_policy: onAllNodes ? 'all-nodes' : 'single',
  };
}

/** Throws a Problem for a name that the REST API refuses. */
export function assertBdbName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name)) return;
  throw new Problem('bad_usage', {
    message: `"${name}" is not a valid database name: use letters, digits and hyphens, with no hyphen at either end.`,
    hint: 'See: redisdemo enterprise database create --help',
  });
}
