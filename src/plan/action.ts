/**
 * Actions: one effect on an outer system each, as a value. What performs it (src/systems) and what prints it
 * (print.ts) read the same value.
 */
import type { Secret } from '../secret.ts';
import type { Call, Json, Question } from './call.ts';

/** On everything that we make in Docker; its value is the stage. Nothing without it is ever touched. */
export const LABEL = 'redisdemo';
/** Beside it on containers, networks and volumes: the id of the state folder they were created from. */
export const HOME_LABEL = 'redisdemo.home';
/** On containers: what they were asked to be, to compare a later request with. */
export const SETTINGS_LABEL = 'redisdemo.settings';

export type Action =
  | PullImage
  | CreateNetwork
  | CreateVolume
  | HandOver
  | RunContainer
  | BuildImage
  | RunProcess
  | ManagedFile
  | Resource
  | Lookup;
export type ActionKind = Action['kind'];
/** What a system performs: a lookup has no effect. */
export type Effect = Exclude<Action, Lookup>;
export type EffectKind = Effect['kind'];

/** What is labelled in Docker. */
export interface Owned {
  readonly stage: string;
  /** The id of the state folder. */
  readonly home: string;
}

export function labelsFor({ stage, home }: Owned): Readonly<Record<string, string>> {
  return { [LABEL]: stage, [HOME_LABEL]: home };
}

export interface PullImage {
  readonly kind: 'pullImage';
  readonly image: string;
}

export interface CreateNetwork extends Owned {
  readonly kind: 'createNetwork';
  readonly name: string;
}

export interface CreateVolume extends Owned {
  readonly kind: 'createVolume';
  readonly name: string;
}

/** A secret on its way into containers: a file in a volume of its own, so that no `inspect` shows it. */
export interface HandOver extends Owned {
  readonly kind: 'handOver';
  readonly volume: string;
  /** Any image that is there: its container is created to copy into, and never started. */
  readonly image: string;
  readonly files: readonly HandedFile[];
}

/** A file in the volume: a secret in some form, or JSON with secrets in it. */
export type HandedFile =
  | { readonly name: string; readonly secret: Secret; readonly form: SecretForm }
  | { readonly name: string; readonly json: Json }
  | { readonly name: string; readonly certificates: PemSource };

/** Certificates in PEM form, which are no secret: a file of this machine, or the text itself. */
export type PemSource = { readonly file: string } | { readonly text: string };

/** `plain`: as it is. `redisConfig`: the line of a redis.conf that makes it the password. */
export type SecretForm = 'plain' | 'redisConfig';

export interface RunContainer extends Owned {
  readonly kind: 'runContainer';
  readonly name: string;
  readonly image: string;
  /** Bound to 127.0.0.1. */
  readonly ports: readonly { readonly host: number; readonly container: number }[];
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly?: boolean }[];
  readonly env: Readonly<Record<string, string>>;
  readonly network: string;
  /** Other names for it on that network. */
  readonly aliases?: readonly string[];
  /** Without the CAP_: `SYS_RESOURCE`. */
  readonly capabilities?: readonly string[];
  readonly command?: readonly string[];
  readonly readOnly?: boolean;
  /** What is known to happen when the image is for another architecture than the engine's; it is said before the start. */
  readonly emulated?: string;
  /** It holds nothing: with other settings, or stopped, it is made anew. Else that is a conflict. */
  readonly replace?: boolean;
}

export interface BuildImage {
  readonly kind: 'buildImage';
  readonly image: string;
  readonly stage: string;
  /** A folder with a Dockerfile. */
  readonly context: string;
  /** The files and folders in it that the build needs. */
  readonly files: readonly string[];
  /** What their content adds up to: the same content is not built again. */
  readonly digest: string;
  /** `linux/amd64`; absent: the engine's own. */
  readonly platform?: string;
}

/** Something that an API keeps, or that a program makes. */
export interface Resource {
  readonly kind: 'resource';
  /** In words: `database redisdemo`. */
  readonly thing: string;
  readonly find: Question;
  /** The name under which later steps know what was found. */
  readonly fact?: string;
  /** Absent in plans that only remove. */
  readonly create?: Call;
  readonly remove?: Call;
}

/** A question whose answer later steps need. Nothing is created: what is asked for must be there. */
export interface Lookup {
  readonly kind: 'lookup';
  /** In words: `address of redisdemo-enterprise-1`. */
  readonly thing: string;
  readonly find: Question | ContainerAddress;
  /** The name under which later steps know the answer. */
  readonly fact: string;
}

/** Where a container is on a network. */
export interface ContainerAddress {
  readonly container: string;
  readonly network: string;
}

/** A file in the state folder, which only its owner can read. It is removed with its stage. */
export interface ManagedFile {
  readonly kind: 'file';
  readonly file: string;
  /** Absent: the file is only removed. */
  readonly content?: FileContent;
  /** The id of a state folder: the file stays for as long as something in Docker was created from that folder. */
  readonly keptFor?: string;
}

/** What a file holds. */
export type FileContent =
  /** A generated password. */
  | { readonly from: 'random' }
  /** The password in a file that a person named. */
  | { readonly from: 'given'; readonly given: string }
  | { readonly from: 'text'; readonly text: string }
  /** A file in a container, such as the certificate of its server. It is read again whenever it is looked at. */
  | { readonly from: 'container'; readonly container: string; readonly path: string };

/** A certificate that is copied out of a container: from then on only that one is trusted. */
export interface PinnedCertificate extends ManagedFile {
  readonly content: Extract<FileContent, { from: 'container' }>;
}

/** The service as a process in the background. */
export interface RunProcess {
  readonly kind: 'runProcess';
  /** The built service: dist/service/server.js. */
  readonly file: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables of ours that it is given as they are: their values are in no plan. */
  readonly passedOn: readonly string[];
  readonly logFile: string;
  /** What we need to find it again. */
  readonly recordFile: string;
}

/** A password in a file: a copy of the one in a file that a person named, otherwise a generated one. */
export function passwordAction(file: string, given?: string): ManagedFile {
  return { kind: 'file', file, content: given === undefined ? { from: 'random' } : { from: 'given', given } };
}

/**
 * What every file of a build context has besides its content, because a layer consists of it too: whatever umask was in
 * force when it was written, the user that the service runs as can read it, and the same content is the same layer.
 */
export const LAYER = { mtime: new Date('2000-01-01T00:00:00Z'), folderMode: 0o755, fileMode: 0o644 } as const;

/**
 * The command that removes what carries the label of a stage: the service in a container is a target, what else is in
 * Docker has commands under the name of its stage. @param stage a label, which anybody can write
 */
export function removalLine(stage = ''): string | undefined {
  if (stage === 'service') return 'redisdemo destroy container';
  return /^[a-z]+$/.test(stage) ? `redisdemo ${stage} down` : undefined;
}
