/**
 * Requests and answers of Google's REST APIs.
 *
 * The form of a refusal (`error.code`, `message`, `status`, `details`) and which HTTP status goes with which status
 * word: cloud.google.com/apis/design/errors, google/rpc/code.proto.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type Json = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method: string;
  /** `europe-west1-run.googleapis.com` */
  readonly host: string;
  /** As it came: percent signs are not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call on its route: with the words of the path, decoded, and the caller. */
export interface RoutedCall extends Call {
  readonly params: Readonly<Record<string, string>>;
  /** The account whose token came along. */
  readonly caller: string;
  /** An empty object where the body is not JSON. */
  readonly json: Json;
}

/** What is sent as it stands; a route that answers with anything else answers 200 and that as JSON. */
export class Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Buffer | string = '') {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

const STATUSES = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

type StatusWord = keyof typeof STATUSES;

/** Thrown by a route, or scripted by a test. */
export class Refusal extends Error {
  readonly word: StatusWord;
  readonly details: readonly Json[];

  constructor(word: StatusWord, message: string, details: readonly Json[] = []) {
    super(message);
    this.word = word;
    this.details = details;
  }

  get reply(): Reply {
    const code = STATUSES[this.word];
    const details = this.details.length === 0 ? {} : { details: this.details };
    return jsonReply({ error: { code, message: this.message, status: this.word, ...details } }, code);
  }
}

export function jsonReply(value: unknown, status = 200): Reply {
  return new Reply(status, { 'content-type': 'application/json; charset=UTF-8' }, JSON.stringify(value));
}

export interface Route {
  /** `GET run.googleapis.com/v1/projects/{project}/locations`; `{name}` is one segment, `{name+}` all the rest. */
  readonly on: string;
  /** The permission that the caller must have. */
  readonly needs?: string;
  /** No token and no project is asked for. */
  readonly open?: true;
  readonly answer: (call: RoutedCall) => unknown;
}
