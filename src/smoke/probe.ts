import type { Connection } from '../connection.ts';
import type { HttpRequest, HttpResponse, Systems } from '../plan/systems.ts';
import { describePage } from '../text/web-page.ts';

/** A check did not hold: what was expected, and what was there instead. */
export class Difference extends Error {
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** Nobody answers at all, or something in front of the service does: no further check can say anything. */
export class Unreachable extends Difference {}

export interface ProbeSettings {
  /** The service's URL, without a slash at its end. */
  readonly url: string;
  readonly connection?: Connection | undefined;
  /** What a service that is not public wants in this header: a function, so that no record of settings shows it. */
  readonly authorization?: (() => string) | undefined;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 5000;
const SHOWN_CHARACTERS = 200;

/** Asks the service, and the database behind it when that is known, and keeps the time of each request. */
export class Probe {
  readonly settings: ProbeSettings;
  /** Milliseconds, one entry a request to the service. */
  readonly times: number[] = [];
  readonly #systems: Pick<Systems, 'http' | 'redis'>;

  constructor(settings: ProbeSettings, systems: Pick<Systems, 'http' | 'redis'>) {
    this.settings = settings;
    this.#systems = systems;
  }

  async send(method: HttpRequest['method'], path: string, body?: unknown): Promise<HttpResponse> {
    const { url, signal, authorization } = this.settings;
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(authorization && { authorization: authorization() }),
    };
    const start = performance.now();
    const answer = await this.#systems.http.send(
      {
        method,
        url: url + path,
        timeoutMs: TIMEOUT_MS,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      signal,
    );
    this.times.push(performance.now() - start);
    if (answer.kind === 'absent') throw new Unreachable(`an answer from ${url}`, answer.reason);
    if (answer.kind === 'failed') throw new Difference(`an answer to ${method} ${path}`, answer.reason);
    return answer.value;
  }

  /** The parsed body of a 200. Throws a {@link Difference} for any other status and for what is no JSON. */
  async json(method: HttpRequest['method'], path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    const page = describePage(text);
    if (page !== undefined) throw new Unreachable('JSON from the service', `status ${String(status)} with ${page}`);
    if (status !== 200) throw new Difference('status 200', `status ${String(status)}: ${shorten(text)}`);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new Difference('JSON', shorten(text));
    }
  }

  /** One Redis command, past the service. */
  async redis(connection: Connection, ...command: string[]): Promise<unknown> {
    const answer = await this.#systems.redis.call(connection, command);
    if (answer.kind === 'ok') return answer.value;
    const hint = answer.kind === 'failed' && answer.hint !== undefined ? `. ${answer.hint}` : '';
    throw new Difference(`an answer to ${command.join(' ')}`, `${answer.reason}${hint}`);
  }
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  return shorten(JSON.stringify(value));
}

/** A body as a message shows it. */
export function shorten(text: string): string {
  const page = describePage(text);
  if (page !== undefined) return page;
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > SHOWN_CHARACTERS ? `${flat.slice(0, SHOWN_CHARACTERS)}…` : flat || 'nothing';
}
