import type { Secret } from '../../../secret.ts';
import type { Reach } from './ready.ts';

/** What a database is asked to be. */
export interface DatabaseSettings {
  readonly name: string;
  readonly memoryBytes: number;
  readonly port: number;
  readonly password: Secret;
  /** Needs two nodes. */
  readonly replication: boolean;
  readonly persistence: 'disabled' | 'snapshot' | 'aof';
  readonly eviction: string;
  readonly tls: boolean;
  /** Every node takes connections: one that dies takes none away. */
  readonly onAllNodes: boolean;
  /** On a cluster in containers that redisdemo made. */
  readonly own: boolean;
  /** How this machine reaches it; absent: it does not. */
  readonly reach?: Reach | undefined;
}
