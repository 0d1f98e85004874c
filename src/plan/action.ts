/** Each action is one effect on an outer system, as a value: performed by src/systems, printed by src/script. */
import type { Secret } from '../secret.ts';
import type { Call, Json, Question } from './call.ts';

/** On everything that redisdemo creates in Docker; its value is the stage. Nothing without it is ever touched. */
export const LABEL = 'redisdemo';
/** On containers, networks and volumes: the id of the state folder they were created from. */
export const HOME_LABEL = 'redisdemo.home';
/** On containers: the requested settings, to compare a later request with. */
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
export type Effect = Exclude<Action, Lookup>;
export type EffectKind = Effect['kind'];

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
  /** Any image that is there: a container of it is created to copy into, and never started. */
  readonly image: string;
  readonly files: readonly HandedFile[];
}

export type HandedFile =
  | { readonly name: string; readonly secret: Secret; readonly form: SecretForm }
  | { readonly name: string; readonly json: Json }
  | { readonly name: string; readonly certificates: PemSource };

/** Certificates in PEM form: a file of this machine, or the text itself. */
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
  readonly aliases?: readonly string[];
  /** Without the CAP_: `SYS_RESOURCE`. */
  readonly capabilities?: readonly string[];
  readonly command?: readonly string[];
  readonly readOnly?: boolean;
  /** A warning for an image built for another architecture than the engine's; reported before the start. */
  readonly emulated?: string;
  /** It holds no data: with other settings, or stopped, it is replaced. Otherwise that is a conflict. */
  readonly replace?: boolean;
}

export interface BuildImage {
  readonly kind: 'buildImage';
  readonly image: string;
  readonly stage: string;
  readonly context: string;
  /** Files and folders in the context that the build needs. */
  readonly files: readonly string[];
  /** A hash of their content: the same content is not built again. */
  readonly digest: string;
  /** `linux/amd64`; absent: the engine's own. */
  readonly platform?: string;
}

export interface Resource {
  readonly kind: 'resource';
  readonly thing: string;
  readonly find: Question;
  readonly fact?: string;
  /** Absent in plans that only remove. */
  readonly create?: Call;
  readonly remove?: Call;
}

/** A question whose answer later steps need. Nothing is created: the answer must be there. */
export interface Lookup {
  readonly kind: 'lookup';
  readonly thing: string;
  readonly find: Question | ContainerAddress;
  readonly fact: string;
}

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

export type FileContent =
  | { readonly from: 'random' }
  /** The password in a file that a person named. */
  | { readonly from: 'given'; readonly given: string }
  | { readonly from: 'text'; readonly text: string }
  /** Such as a server's certificate. It is read again whenever it is looked at. */
  | { readonly from: 'container'; readonly container: string; readonly path: string };

/** Copied out of a container: from then on, only this certificate is trusted. */
export interface PinnedCertificate extends ManagedFile {
  readonly content: Extract<FileContent, { from: 'container' }>;
}

export interface RunProcess {
  readonly kind: 'runProcess';
  readonly file: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables of this process that it inherits: their values are in no plan. */
  readonly passedOn: readonly string[];
  readonly logFile: string;
  readonly recordFile: string;
}

export function passwordAction(file: string, given?: string): ManagedFile {
  return { kind: 'file', file, content: given === undefined ? { from: 'random' } : { from: 'given', given } };
}

/**
 * Times and modes are part of a layer: with fixed ones, the same content is the same layer whatever the umask, and the
 * service's user can read it.
 */
export const LAYER = { mtime: new Date('2000-01-01T00:00:00Z'), folderMode: 0o755, fileMode: 0o644 } as const;

/**
 * The service in a container is a target; the other stages have commands of their own name.
 * @param stage a label, which anybody can write
 */
export function removalLine(stage = ''): string | undefined {
  if (stage === 'service') return 'redisdemo destroy container';
  return /^[a-z]+$/.test(stage) ? `redisdemo ${stage} down` : undefined;
}
