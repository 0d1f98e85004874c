/** The outer systems as logic sees them. src/systems/ has the real ones. */
import type { Connection } from '../connection.ts';
import type { Problem } from '../problem.ts';
import type { Report } from '../report.ts';
import type { Secret } from '../secret.ts';
import type { ContainerAddress, Effect, RunProcess } from './action.ts';
import type { Answer } from './answer.ts';
import type { Call, Question, Way } from './call.ts';

export interface HttpRequest extends Way {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Bytes of the body; absent: 8 MiB. A larger answer is `failed` with the code `too_large`. */
  readonly limitBytes?: number;
}

export interface HttpResponse extends Reply {
  readonly headers: Readonly<Record<string, string>>;
}

export interface Http {
  /** `ok` for any response, whatever its status; `absent` when nothing listens there. */
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<Answer<HttpResponse>>;
}

/** A REST API's status and body, or a program's exit code and stdout. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Listener {
  readonly onLine?: (line: string) => void;
  readonly report?: Report;
}

export interface Calls {
  /** `absent`: status 404, or a program's clear no. Throws a Problem where the user is not permitted (401, 403). */
  readonly send: (call: Call, signal: AbortSignal, listener?: Listener) => Promise<Answer<Reply>>;
  /** `absent` when the question selects nothing. Throws a Problem for one of its objections. */
  readonly ask: <T>(question: Question<T>, signal: AbortSignal, listener?: Listener) => Promise<Answer<T>>;
}

export interface Redis {
  /** Opens a connection for the one command. `absent`: nothing listens there. */
  readonly call: (connection: Connection, command: readonly string[]) => Promise<Answer<unknown>>;
}

export interface Child {
  readonly pid: number;
  /** The first message that the program sends over its channel; undefined when it ends without one. */
  readonly firstMessage: Promise<unknown>;
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly signal: string | undefined }>;
  readonly stop: (signal: 'SIGTERM' | 'SIGINT') => void;
}

export interface Command {
  /** Starts it on this Node, with only this environment. It ends when redisdemo does, in whatever way. */
  readonly startNode: (program: {
    readonly file: string;
    readonly env: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
  }) => Promise<Child>;
}

export interface Dns {
  readonly lookup: (host: string) => Promise<Answer<readonly string[]>>;
}

export interface Ports {
  /** True when nothing listens on it, on 127.0.0.1, on 0.0.0.0 and on ::. */
  readonly free: (port: number) => Promise<boolean>;
  readonly find: () => Promise<number>;
  /** Who listens on the port, in words, where the system can tell. */
  readonly owner: (port: number) => Promise<string | undefined>;
}

export interface Creating {
  readonly update: (text: string) => void;
  readonly say: (text: string) => void;
}

/** Performs actions. Throws a Problem for what redisdemo did not create, and where there is no engine. */
export interface Performer<A extends Effect = Effect> {
  /** `ok`: there, as the action wants it; `absent`: to be created. */
  readonly exists: (action: A) => Promise<Answer<unknown>>;
  /** `ok`: something that redisdemo created is there, in whatever state; `absent`: nothing to remove. */
  readonly present: (action: A) => Promise<Answer<unknown>>;
  readonly create: (action: A, creating: Creating) => Promise<Answer<unknown>>;
  readonly remove: (action: A) => Promise<Answer<unknown>>;
}

export interface ContainerState {
  /** A container that is created again has another one. */
  readonly id: string;
  /** True for a paused container too. */
  readonly running: boolean;
  readonly paused: boolean;
  readonly exitCode: number;
  /** The last output of its health check, once Docker calls it unhealthy. */
  readonly unhealthy?: string;
  readonly ours: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
}

export interface Containers {
  /** Throws a Problem if no Docker engine responds, as every other method does. */
  readonly reach: () => Promise<void>;
  readonly state: (name: string) => Promise<Answer<ContainerState>>;
  /** Works for a stopped container too; `absent` while there is no such file. */
  readonly readFile: (name: string, path: string) => Promise<Answer<string>>;
  readonly log: (name: string, lines: number) => Promise<Answer<string>>;
  /** Ends it at once, like a machine that loses its power. */
  readonly kill: (name: string) => Promise<Answer<unknown>>;
  readonly start: (name: string) => Promise<Answer<unknown>>;
  readonly engine: () => Promise<Answer<{ readonly memoryBytes: number; readonly architecture: string }>>;
  /** Those that redisdemo created, with the ports that they publish on this machine. */
  readonly list: () => Promise<
    Answer<
      readonly {
        readonly name: string;
        readonly state: string;
        readonly image: string;
        readonly ports: readonly number[];
      }[]
    >
  >;
  /** The running container that has an address on a network, whoever made it. */
  readonly withAddress: (network: string, address: string) => Promise<Answer<string | undefined>>;
  /** Empty while the container has no address on the network. */
  readonly address: (place: ContainerAddress) => Promise<Answer<string>>;
  readonly anyCreatedFrom: (home: string) => Promise<Answer<boolean>>;
  /** Why this machine does not reach the ports that containers publish; undefined when it does. */
  readonly elsewhere: () => Promise<Problem | undefined>;
  /** The container that publishes a port, whoever made it. */
  readonly publishing: (port: number) => Promise<Answer<string | undefined>>;
}

export interface Processes {
  /** An empty text when there is no log. */
  readonly log: (process: RunProcess, lines: number) => Promise<string>;
  /** The last log lines once it has ended; undefined while it runs. */
  readonly lastWords: (process: RunProcess) => Promise<string | undefined>;
  /** undefined when there is no record. */
  readonly recorded: (recordFile: string) => Promise<Recorded | undefined>;
}

export interface Recorded {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absent while it starts. */
  readonly pid?: number | undefined;
}

/** `fingerprint`: the SHA-256, as `AA:BB:…`. */
export interface ServerCertificate {
  readonly pem: string;
  readonly fingerprint: string;
}

export interface Certificates {
  /** The certificate that a server presents; nothing is sent to it. */
  readonly fetch: (url: string) => Promise<Answer<ServerCertificate>>;
  readonly pin: (file: string, pem: string) => Promise<void>;
  /** The fingerprint of the certificate in a file; undefined when there is no such file. */
  readonly pinned: (file: string) => Promise<string | undefined>;
}

export interface GivenFile {
  readonly text: string;
  /** A pipe can be read only once: another process finds nothing in it. */
  readonly isPipe: boolean;
}

export interface Files {
  /** Throws a Problem when it cannot be read. */
  readonly readSecret: (secret: Secret) => Promise<string>;
  /** What may be wrong with a refused secret, in sentences without its value; undefined when nothing is odd. */
  readonly describeSecret: (secret: Secret) => Promise<string | undefined>;
  /** A file that the user names; `failed` says why, without its path. */
  readonly readGiven: (file: string) => Promise<Answer<GivenFile>>;
  readonly exists: (file: string) => Promise<boolean>;
  /** File names; none when there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** A file in the state folder; undefined when there is none. Throws a Problem if other users can have changed it. */
  readonly readPrivate: (file: string) => Promise<string | undefined>;
  /** A file in the state folder. Only its owner can read it. */
  readonly writePrivate: (file: string, content: string) => Promise<void>;
  /** A file that a person named. Resolves with true if it is a regular file; with `secret`, only its owner can read it. */
  readonly writeNamed: (file: string, content: string, options?: { readonly secret?: boolean }) => Promise<boolean>;
  /** Throws a Problem if a file that a person named cannot be written. */
  readonly checkNamed: (file: string) => Promise<void>;
}

export type Release = () => Promise<void>;

export interface Systems {
  readonly locks: {
    /** `absent` while another redisdemo holds the lock; the reason names it. */
    readonly take: (file: string) => Promise<Answer<Release>>;
  };
  readonly files: Files;
  readonly certificates: Certificates;
  readonly processes: Processes;
  readonly perform: Performer;
  readonly containers: Containers;
  readonly http: Http;
  readonly calls: Calls;
  readonly redis: Redis;
  readonly command: Command;
  readonly ports: Ports;
  readonly dns: Dns;
}
