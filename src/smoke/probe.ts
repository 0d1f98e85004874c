import type { Connection } from '../connection.ts';
import type { HttpRequest, HttpResponse, Systems } from '../plan/systems.ts';
import { describePage } from '../text/web-page.ts';

export class Difference extends Error {
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** Nothing answers, or a proxy does: the remaining checks are skipped. */
export class Unreachable extends Difference {}

export interface ProbeSettings {
  /** Without a trailing slash. */
  readonly url: string;
  readonly connection?: Connection | undefined;
  /** The Authorization header of a private service: a function, so that no printed settings show it. */
  readonly authorization?: (() => string) | undefined;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 5000;
const SHOWN_CHARACTERS = 200;

export class Probe {
  readonly settings: ProbeSettings;
  /** Milliseconds, one entry per request to the service. */
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

  /** Returns the body of a 200. Throws a {@link Difference} for any other status, or a body that is not JSON. */
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

  async redis(connection: Connection, ...command: string[]): Promise<unknown> {
    const answer = await this.#systems.redis.call(connection, command);
    if (answer.kind === 'ok') return answer.value;
    const hint = answer.kind === 'failed' && answer.hint !== undefined ? `. ${answer.hint}` : '';
    throw new Difference(`an answer to ${command.join(' ')}`, `${answer.reason}${hint}`);
  }
}

export function show(value: unknown): string {
  return shorten(JSON.stringify(value));
}

export function shorten(text: string): string {
  const page = describePage(text);
  if (page !== undefined) return page;
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > SHOWN_CHARACTERS ? `${flat.slice(0, SHOWN_CHARACTERS)}…` : flat || 'nothing';
}
