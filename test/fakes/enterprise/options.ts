/** How a stand-in node behaves: its family, how long things take, and what goes wrong. All of it is JSON. */

export type Family = '7.4' | '7.22' | '8.x';

/** In milliseconds. */
export interface Delays {
  /** From the start of the process until the API answers. */
  readonly start: number;
  /** From POST /v1/bootstrap/… until the node is in a cluster, or has failed. */
  readonly bootstrap: number;
  /** After that: the certificate is another one and the web services start again. */
  readonly swap: number;
  /** After that: databases are still refused with 406. */
  readonly settle: number;
  /** A database is pending. */
  readonly database: number;
  /** A change or a removal of a database is pending. */
  readonly change: number;
  /** From the last sign of life of a node until its replicas take over. */
  readonly failover: number;
}

export interface BootstrapFailure {
  /** One of the 13 documented: `time_not_sync`, `insufficient_node_memory`, … */
  readonly errorCode: string;
  readonly message?: string;
  /** Without it both. */
  readonly action?: 'create_cluster' | 'join_cluster';
  /** Fails so often, then works. Without it always. */
  readonly times?: number;
}

export interface Troubles {
  /** The API never comes: connections are accepted and nothing is said, or everything is answered with HTML. */
  readonly start?: 'silent' | 'html';
  /** Another certificate is served than the one that lies in the container; or the cluster's, some time after its bootstrap. */
  readonly certificate?: 'other' | 'late';
  /** The process dies in the middle of it, it never ends, or it fails. */
  readonly bootstrap?: 'dies' | 'stuck' | BootstrapFailure;
  /** What POST /v1/bootstrap/validate/… answers 406 with. */
  readonly validation?: BootstrapFailure;
  /** Databases stay pending, fail, or are active while nothing listens on their port. */
  readonly database?: 'stuck' | 'fails' | 'unreachable';
  /** Answers have no field that the reference does not promise, or their numbers are texts: shape.ts. */
  readonly answers?: 'sparse' | 'texts';
  /** There are no modules. */
  readonly noModules?: boolean;
  readonly licenceExpired?: boolean;
  /** Instead of the trial's 4. */
  readonly shardsLimit?: number;
  /** Instead of most of the memory, for each node, in bytes. */
  readonly freeRam?: number;
}

export interface FaultRule {
  readonly method?: string;
  /** Without its query. With `*` at its end: its beginning. */
  readonly path: string;
  /** Which of the requests that this rule is about, from 1; without it all. */
  readonly nth?: readonly number[];
  readonly fault: Fault;
}

export type Fault =
  | { readonly kind: 'delay'; readonly ms: number }
  /** A text is sent as HTML, anything else as JSON. The request has no effect. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset: before anything happens, or in the middle of the true answer. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut' }
  /** The request has no effect, and the connection stays open. */
  | { readonly kind: 'silence' };

export interface Behaviour {
  readonly family?: Family;
  readonly delays?: Partial<Delays>;
  readonly troubles?: Troubles;
  /** The first that fits counts. */
  readonly faults?: readonly FaultRule[];
}

const DELAYS: Delays = {
  start: 300,
  bootstrap: 400,
  swap: 300,
  settle: 200,
  database: 200,
  change: 100,
  failover: 300,
};

export function delaysOf({ delays }: Behaviour): Delays {
  return { ...DELAYS, ...delays };
}
