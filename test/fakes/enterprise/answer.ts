/** What a node answers to a request. */

export interface Answer {
  readonly status: number;
  /** A text is sent as HTML, undefined as nothing, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal. The text is called `description`, where the docs say `message`: redis/redisctl#1080 shows
 * `{"description":"Reject bdb_create with incompatible version constraints","error_code":"invalid_version"}`.
 */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, error_code: string, description: string) {
    super(`${String(status)} ${error_code}: ${description}`);
    this.answer = { status, body: { description, error_code } };
  }
}

/** Not known: its body. HTML is the harder case for a client. */
export const NOT_FOUND: Answer = {
  status: 404,
  body: '<!doctype html><title>404 Not Found</title><h1>Not Found</h1>',
};

/** 401 for missing and for wrong credentials: redis.io, "REST API", Authentication. Not known: its body; here none. */
export const UNAUTHORIZED: Answer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Redis"' } };
