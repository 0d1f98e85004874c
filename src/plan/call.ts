/**
 * Calls to REST APIs and programs as values, to be sent or printed. A `{{NAME}}` in their text is a fact from an
 * earlier answer; in a script it is a shell variable.
 */
import type * as v from 'valibot';
import type { ProblemCode } from '../problem.ts';
import type { Secret } from '../secret.ts';
import type { Answer, Failed } from './answer.ts';

export type Call = RestCall | CommandCall;

export interface RestCall {
  readonly api: Api;
  /** Sent without credentials. */
  readonly anonymous?: boolean;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
}

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

export interface Way {
  /**
   * `none` connects directly. Absent: the environment decides, as for curl. A proxy that cannot be used throws a
   * Problem (`bad_setting`).
   */
  readonly proxy?: ProxyChoice | 'none';
  /** Absent: what the system trusts. */
  readonly trust?: Trust;
}

export interface ProxyChoice {
  /** `http://`, `https://`, `socks5://` or `socks5h://`, with or without `user:password@`; without a scheme it is `http://`. */
  readonly url: string;
  /** The setting it comes from, for messages: `CLOUDSDK_PROXY_ADDRESS`. */
  readonly source: string;
}

export interface CommandCall {
  /** The program and its arguments. Never a secret: every user can read them. Empty: only the API can answer. */
  readonly words: readonly string[];
  readonly stdin?: Secret | { readonly json: Json };
  /** Added to the environment. Never a secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** A regular expression: stderr that matches it means a clear no. */
  readonly absent?: string;
  /** The same for a failure that another try can fix. */
  readonly transient?: string;
  readonly limitMs?: number;
  /** For a call that only reads: the API to read instead. */
  readonly rest?: ApiRead;
  /** Only for a call that changes nothing. */
  readonly retry?: Retry;
  /** The output stays valid for the whole run: the program is started once. */
  readonly once?: true;
}

/**
 * Reads the API behind a program, because the program takes half a second to start and words one refusal in many ways.
 * Where the API cannot be reached, the program is started.
 */
export interface ApiRead {
  readonly url: string;
  readonly body?: Json;
  /** Prints the access token. */
  readonly login: CommandCall;
  /** How the program itself connects, read from the output of `call`; undefined where only the program can connect. */
  readonly way: { readonly call: CommandCall; readonly read: (printed: string, url: string) => Way | undefined };
  readonly answer: (response: { readonly status: number; readonly text: string }) => Answer<unknown>;
  /** Codes of responses that did not come from the API. */
  readonly elsewhere: readonly string[];
  /** Codes of refusals to this login. */
  readonly refusals: readonly string[];
  /** Turns the API's JSON into the program's output; absent: both are the same. undefined: start the program. */
  readonly printed?: (answer: unknown) => string | undefined;
}

/** Tries after a failure that passes by itself, and the words for them. */
export interface Retry {
  readonly passes: (failure: Failed) => boolean;
  readonly tries: number;
  /** Before the second try; before the third twice as long, and so on. */
  readonly pauseMs: number;
  /** No further try after it, because tries can run into their own limit. */
  readonly limitMs: number;
  readonly whom: string;
  /** Shortens a reason for a line of progress. */
  readonly said: (reason: string) => string;
  /** What is requested, where it is not an API: `an access token`. */
  readonly what?: string;
}

/**
 * HTTP statuses of calls that may succeed later: too many requests, busy, or not up yet.
 * https://redis.io/docs/latest/operate/rs/references/rest-api/
 */
export const TRANSIENT: readonly number[] = [409, 429, 500, 502, 503, 504];

/** 503, but no wait helps: a fresh node stays one until somebody makes a cluster of it. */
export const NO_CLUSTER = 'no_cluster';

export type Json = null | boolean | number | string | FactValue | SecretValue | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** The name of a member whose value is an object: its members belong to the object around it. */
export const SPREAD = '...';

export interface FactValue {
  readonly $fact: string;
}

export interface SecretValue {
  readonly $secret: Secret;
}

export const LICENCE_EXPIRED = 'licence_expired';
/** No error code of the API says it: this pattern in its message does. */
export const LICENCE_WORDS = 'licen[cs]e.*expired|expired.*licen[cs]e';

/** A call that changes nothing, and what to select from its answer: nothing selected is a clear no. */
export interface Question<T = unknown> {
  readonly call: Call;
  /** A jq program; its first output counts. docs/adr/0022-jq.md says which programs are possible. */
  readonly select: string;
  /** Shell variables of a printed script, which the program reads from `$ENV`; a run sets them to these values. */
  readonly env?: Readonly<Record<string, () => string>>;
  readonly shape?: v.GenericSchema<unknown, T>;
  /** Applied to the whole answer, before `select`. */
  readonly objections?: readonly Objection[];
  /** Checks the whole answer before the objections. Throws a Problem when it is not what was requested. */
  readonly read?: (answer: unknown) => unknown;
}

/** Its jq program selects the message, hint and details of a Problem where something is wrong, otherwise nothing. */
export interface Objection {
  readonly code: ProblemCode;
  readonly select: string;
}

/** Values from earlier answers, by the name of a shell variable. */
export type Facts = ReadonlyMap<string, unknown>;

const REFERENCE = /\{\{([A-Z][A-Z0-9_]*)\}\}/g;

export const isFact = (value: Json): value is FactValue => isObject(value) && '$fact' in value;
export const isSecret = (value: Json): value is SecretValue => isObject(value) && '$secret' in value;

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Splits a text into literal parts and the names of facts. */
export function pieces(text: string): readonly ({ readonly text: string } | { readonly fact: string })[] {
  return text.split(REFERENCE).map((part, index) => (index % 2 === 1 ? { fact: part } : { text: part }));
}

/** Throws when a fact is not known: a plan has to define it before it uses it. */
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
