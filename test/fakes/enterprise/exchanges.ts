/** The requests that a node received, in order, each with what was answered. */
import { appendFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';

export interface Exchange {
  /** The node's address. */
  readonly node: string;
  /** Milliseconds since 1970 when the request had arrived in full. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** With its question mark; "" without one. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** As JSON if it is; else the text; undefined when there was none. */
  readonly body?: unknown;
  /** 0 when nothing was answered. */
  readonly status: number;
  readonly answer?: unknown;
}

export interface Exchanges {
  readonly add: (exchange: Exchange) => void;
  readonly all: () => readonly Exchange[];
}

/** Also written to the file as they come, one a line: what is in a container can be read with `docker exec … cat`. */
export function recordExchanges(file: string): Exchanges {
  const exchanges: Exchange[] = [];
  return {
    add: (exchange) => {
      exchanges.push(exchange);
      appendFileSync(file, `${JSON.stringify(exchange)}\n`);
    },
    all: () => [...exchanges],
  };
}

export function readExchanges(lines: string): Exchange[] {
  const whole = lines.split('\n').filter((line) => line !== '');
  return whole.map((line) => JSON.parse(line) as Exchange);
}

export function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
