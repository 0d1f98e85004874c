/**
 * Calls to REST APIs and to programs, as values: what sends them and what prints them read the same. A `{{NAME}}` in
 * their text is a fact, which an earlier answer gave; in print it is a shell variable.
 */
import type * as v from 'valibot';
import type { ProblemCode } from '../problem.ts';
import type { Secret } from '../secret.ts';
import type { Answer, Failed } from './answer.ts';

export type Call = RestCall | CommandCall;

export interface RestCall {
  readonly api: Api;
  /** Sent without who asks. */
  readonly anonymous?: boolean;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
}

/** A REST API: where it is, who asks, and whose certificate is taken for its own. */
export interface Api {
  /** Without a path: `https://127.0.0.1:9443`. */
  readonly url: string;
  readonly user: string;
  readonly password: Secret;
  readonly trust: Trust;
}

/**
 * `pinned`: exactly the certificate in this PEM file, whatever name it has.
 * `authority`: what this authority has signed, under its own name.
 */
export type Trust =
  { readonly kind: 'pinned' | 'authority'; readonly file: string } | { readonly kind: 'system' | 'insecure' };

/** How a request gets to its server. */
export interface Way {
  /**
   * The proxy to use, or `none` to connect directly. Absent: the environment decides, as for curl. A proxy that cannot be
   * used throws a Problem (`bad_setting`).
   */
  readonly proxy?: ProxyChoice | 'none';
  /** For https; absent: what the system trusts. */
  readonly trust?: Trust;
}

export interface ProxyChoice {
  /** `http://`, `https://`, `socks5://` or `socks5h://`, with or without `user:password@`; without a scheme it is `http://`. */
  readonly url: string;
  /** The setting it comes from, for messages: `CLOUDSDK_PROXY_ADDRESS`. */
  readonly source: string;
}

export interface CommandCall {
  /** The program and its arguments. Never a secret: everyone can read them. Empty where only the API has the answer. */
  readonly words: readonly string[];
  readonly stdin?: Secret | { readonly json: Json };
  /** Variables beside those that we have. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it says on stderr, as a regular expression, when its failure is a clear no. */
  readonly absent?: string;
  /** The same, when another try may do. */
  readonly transient?: string;
  /** After which it is ended. */
  readonly limitMs?: number;
  /** The API behind the program, for a call that only reads. */
  readonly rest?: ApiRead;
  /** For a call that changes nothing: what passes by itself is asked again. */
  readonly retry?: Retry;
  /** What it says holds for all of a run: it is started once. */
  readonly once?: true;
}

/**
 * A read of the API behind a program: the program takes half a second to start, and its text for one refusal differs
 * from command to command. Where the API cannot be read from here, the program is started.
 */
export interface ApiRead {
  readonly url: string;
  /** Sent with POST. Absent: GET. */
  readonly body?: Json;
  /** Prints the token for it. */
  readonly login: CommandCall;
  /** How the program itself gets there, from what a call of it prints; undefined where only the program can. */
  readonly way: { readonly call: CommandCall; readonly read: (printed: string, url: string) => Way | undefined };
  /** What a response means: its JSON, a clear no, or a failure with a code. */
  readonly answer: (response: { readonly status: number; readonly text: string }) => Answer<unknown>;
  /** Codes of what came from something else than the API. */
  readonly elsewhere: readonly string[];
  /** Codes of refusals to this login. */
  readonly refusals: readonly string[];
  /** From the API's JSON to what the program prints; absent: it is the same. undefined: the program is to be asked. */
  readonly printed?: (answer: unknown) => string | undefined;
}

/** How a failure that passes by itself is met, and how it is said. */
export interface Retry {
  readonly passes: (failure: Failed) => boolean;
  readonly tries: number;
  /** Before the second try; before the third twice as long, and so on. */
  readonly pauseMs: number;
  /** After which there is no other try: tries that run into their own limit are fewer. */
  readonly limitMs: number;
  /** Who is waited for: `Google`. */
  readonly whom: string;
  /** What the other side said, fit for a line of progress. */
  readonly said: (reason: string) => string;
  /** What is asked for, where it is not an API: `an access token`. */
  readonly what?: string;
}

/**
 * HTTP statuses of calls that may succeed later: too many requests, busy, or not up yet.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/
 */
export const TRANSIENT: readonly number[] = [409, 429, 500, 502, 503, 504];

/** 503, but no wait helps: a fresh node stays one until somebody makes a cluster of it. */
export const NO_CLUSTER = 'no_cluster';

/** JSON with facts and secrets in it. */
export type Json = null | boolean | number | string | FactValue | SecretValue | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** The name of a member whose value is an object: all its members belong to the object around it. */
export const SPREAD = '...';

/** The fact's own JSON value. */
export interface FactValue {
  readonly $fact: string;
}

export interface SecretValue {
  readonly $secret: Secret;
}

/** The code of a refusal that no error code of the API says. */
export const LICENCE_EXPIRED = 'licence_expired';
/** What such a refusal says. */
export const LICENCE_WORDS = 'licen[cs]e.*expired|expired.*licen[cs]e';

/** A call that changes nothing, and what of its answer is meant: nothing selected is a clear no. */
export interface Question<T = unknown> {
  readonly call: Call;
  /** A jq program; its first output counts. docs/adr/0022-jq.md says which programs are possible. */
  readonly select: string;
  /** Variables of the shell that runs a script, which the program has in `$ENV`; a run gives it these values. */
  readonly env?: Readonly<Record<string, () => string>>;
  /** Of what is selected. */
  readonly shape?: v.GenericSchema<unknown, T>;
  /** Looked for in the whole answer, before anything is selected from it. */
  readonly objections?: readonly Objection[];
  /** Checks the whole answer before that. Throws a Problem when it is not what was asked for. */
  readonly read?: (answer: unknown) => unknown;
}

/** A jq program that selects the message, hint and details of a Problem where something is wrong, and otherwise nothing. */
export interface Objection {
  readonly code: ProblemCode;
  readonly select: string;
}

/** What earlier answers gave, by name: JSON values. Names are those of shell variables. */
export type Facts = ReadonlyMap<string, unknown>;

const REFERENCE = /\{\{([A-Z][A-Z0-9_]*)\}\}/g;

export const isFact = (value: Json): value is FactValue => isObject(value) && '$fact' in value;
export const isSecret = (value: Json): value is SecretValue => isObject(value) && '$secret' in value;

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The pieces of a text: what stands there, and the names of facts. */
export function pieces(text: string): readonly ({ readonly text: string } | { readonly fact: string })[] {
  return text.split(REFERENCE).map((part, index) => (index % 2 === 1 ? { fact: part } : { text: part }));
}

/** The same value with the facts in their places. Throws when one is not known: a plan names them before it uses them. */
export function fillIn<T>(value: T, facts: Facts): T {
  return fill(value, (name) => {
    if (!facts.has(name)) throw new Error(`the fact ${name} is used before it is known`);
    return facts.get(name);
  }) as T;
}

function fill(value: unknown, valueOf: (name: string) => unknown): unknown {
  if (typeof value === 'string') return value.replace(REFERENCE, (_match, name: string) => String(valueOf(name)));
  if (Array.isArray(value)) return value.map((item) => fill(item, valueOf));
  if (typeof value !== 'object' || value === null) return value;
  // A schema holds no facts.
  if ('~run' in value) return value;
  if ('$fact' in value) return valueOf(String(value.$fact));
  const { [SPREAD]: spread, ...own } = value as Readonly<Record<string, unknown>>;
  const filled = Object.fromEntries(Object.entries(own).map(([name, item]) => [name, fill(item, valueOf)]));
  return spread === undefined ? filled : { ...(fill(spread, valueOf) as object), ...filled };
}
