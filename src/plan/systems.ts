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
  /** `ok` is any answer, whatever its status; `absent`: nothing listens there. */
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<Answer<HttpResponse>>;
}

/** What a call gave: of a REST API its status and body, of a program its exit code and stdout. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Who hears of a call while it works. */
export interface Listener {
  /** What a program says on stderr. */
  readonly onLine?: (line: string) => void;
  /** What is waited for, and what is asked in another way. */
  readonly report?: Report;
}

export interface Calls {
  /**
   * `ok`: done. `absent`: the API says 404, or the program what a clear no looks like. `failed` with the API's words,
   * `transient` when it may soon be otherwise. Throws a Problem where the user may not ask (401, 403).
   */
  readonly send: (call: Call, signal: AbortSignal, listener?: Listener) => Promise<Answer<Reply>>;
  /** What the question selects; `absent` when that is nothing. Throws a Problem for one of its objections. */
  readonly ask: <T>(question: Question<T>, signal: AbortSignal, listener?: Listener) => Promise<Answer<T>>;
}

export interface Redis {
  /** One command over a connection of its own. `absent`: nothing listens there. */
  readonly call: (connection: Connection, command: readonly string[]) => Promise<Answer<unknown>>;
}

/** A program that runs beside us and says when it is ready. */
export interface Child {
  readonly pid: number;
  /** The first message that the program sends over its channel; undefined when it ends without one. */
  readonly firstMessage: Promise<unknown>;
  /** Resolves when the program has ended. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly signal: string | undefined }>;
  readonly stop: (signal: 'SIGTERM' | 'SIGINT') => void;
}

export interface Command {
  /** Starts a Node program on this Node, with this whole environment. It ends when we do, however we end. */
  readonly startNode: (program: {
    readonly file: string;
    readonly env: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
  }) => Promise<Child>;
}

export interface Dns {
  /** The addresses of a host; `absent` when it has none. */
  readonly lookup: (host: string) => Promise<Answer<readonly string[]>>;
}

export interface Ports {
  /** True when nothing listens on it, on 127.0.0.1, on 0.0.0.0 and on ::. */
  readonly free: (port: number) => Promise<boolean>;
  /** A port that is free now. */
  readonly find: () => Promise<number>;
  /** Who listens on a port of this machine, in words, where the system can tell. */
  readonly owner: (port: number) => Promise<string | undefined>;
}

/** What a step that creates something says on its way. */
export interface Creating {
  readonly update: (text: string) => void;
  /** Something that the user should know, whatever comes of it. */
  readonly say: (text: string) => void;
}

/** Performs actions. Throws a Problem for what is not ours, and where there is no engine at all. */
export interface Performer<A extends Effect = Effect> {
  /** `ok`: there, as the action wants it; `absent`: to be created. */
  readonly exists: (action: A) => Promise<Answer<unknown>>;
  /** `ok`: something of ours is there, in whatever state; `absent`: nothing to remove. */
  readonly present: (action: A) => Promise<Answer<unknown>>;
  readonly create: (action: A, creating: Creating) => Promise<Answer<unknown>>;
  readonly remove: (action: A) => Promise<Answer<unknown>>;
}

export interface ContainerState {
  /** Another container of the same name has another one. */
  readonly id: string;
  /** True for a paused container too. */
  readonly running: boolean;
  readonly paused: boolean;
  readonly exitCode: number;
  /** What its own health check said last, once Docker calls it unhealthy. */
  readonly unhealthy?: string;
  readonly ours: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** By name. */
  readonly networks: readonly string[];
}

export interface Containers {
  /** Throws a Problem if no Docker engine responds, as every other method does. */
  readonly reach: () => Promise<void>;
  readonly state: (name: string) => Promise<Answer<ContainerState>>;
  /** A file in it, whether it runs or not; `absent` while there is none. */
  readonly readFile: (name: string, path: string) => Promise<Answer<string>>;
  /** The last lines, stdout and stderr together. */
  readonly log: (name: string, lines: number) => Promise<Answer<string>>;
  /** Ends it at once, as a machine that loses its power. */
  readonly kill: (name: string) => Promise<Answer<unknown>>;
  readonly start: (name: string) => Promise<Answer<unknown>>;
  /** What the engine has to give. */
  readonly engine: () => Promise<Answer<{ readonly memoryBytes: number; readonly architecture: string }>>;
  /** All of ours, with the ports that they publish on this machine. */
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
  /** Where it is on a network: empty while it has no address there. */
  readonly address: (place: ContainerAddress) => Promise<Answer<string>>;
  /** Whether anything in Docker was created from the state folder with this id. */
  readonly anyCreatedFrom: (home: string) => Promise<Answer<boolean>>;
  /** Why this machine does not reach the ports that containers publish; undefined when it does. */
  readonly elsewhere: () => Promise<Problem | undefined>;
  /** The container that publishes a port, whoever made it. */
  readonly publishing: (port: number) => Promise<Answer<string | undefined>>;
}

export interface Processes {
  /** The last lines of the log of a process, or an empty text. */
  readonly log: (process: RunProcess, lines: number) => Promise<string>;
  /** The last lines of its log once it has ended; undefined while it runs. */
  readonly lastWords: (process: RunProcess) => Promise<string | undefined>;
  /** Where the process of a record listens and with which variables; undefined when there is no record. */
  readonly recorded: (recordFile: string) => Promise<Recorded | undefined>;
}

export interface Recorded {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absent while it starts. */
  readonly pid?: number | undefined;
}

/** Its certificate as PEM, and the SHA-256 of it as `AA:BB:…`. */
export interface ServerCertificate {
  readonly pem: string;
  readonly fingerprint: string;
}

export interface Certificates {
  /** What a server shows; nothing is sent to it. */
  readonly fetch: (url: string) => Promise<Answer<ServerCertificate>>;
  readonly pin: (file: string, pem: string) => Promise<void>;
  /** Of the certificate in a file; undefined when there is no such file. */
  readonly pinned: (file: string) => Promise<string | undefined>;
}

export interface GivenFile {
  readonly text: string;
  /** It can be read only once: another process finds nothing in it. */
  readonly isPipe: boolean;
}

export interface Files {
  /** Throws a Problem when it cannot be read. */
  readonly readSecret: (secret: Secret) => Promise<string>;
  /** What may be wrong with a secret that was refused, in sentences without its value; undefined when nothing is odd. */
  readonly describeSecret: (secret: Secret) => Promise<string | undefined>;
  /** A file that the user names; `failed` says why, without its path. */
  readonly readGiven: (file: string) => Promise<Answer<GivenFile>>;
  readonly exists: (file: string) => Promise<boolean>;
  /** Of the files in a folder; none when there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** A file in redisdemo's own folder; undefined when there is none. Throws a Problem if others can have changed it. */
  readonly readPrivate: (file: string) => Promise<string | undefined>;
  /** A file in redisdemo's own folder. Only its owner can read it. */
  readonly writePrivate: (file: string, content: string) => Promise<void>;
  /** A file that a person named. Resolves with true if it is a regular file; with `secret`, only its owner can read it. */
  readonly writeNamed: (file: string, content: string, options?: { readonly secret?: boolean }) => Promise<boolean>;
  /** Throws a Problem if a file that a person named cannot be written. */
  readonly checkNamed: (file: string) => Promise<void>;
}

export type Release = () => Promise<void>;

export interface Systems {
  readonly locks: {
    /** `absent` while another redisdemo has the lock, with the words for which. */
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
