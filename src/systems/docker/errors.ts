import type Docker from 'dockerode';
import { absent, failed, type Absent, type Answer, type Failed } from '../../plan/answer.ts';
import { Problem } from '../../problem.ts';
import { MalformedAnswer } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

/** Turns the engine's refusals into answers. The default limit is that of a question. */
export type Ask = <T>(work: () => Promise<T>, limitMs?: number) => Promise<Answer<T>>;

export interface Engine {
  readonly docker: Docker;
  readonly ask: Ask;
}

/** A rejection of dockerode: a response has a status, anything else a system code. */
interface DockerError extends NodeJS.ErrnoException {
  readonly statusCode?: number;
}

/** 404 is a clear no. Throws a {@link Problem} when there is no engine at all. */
export function toAnswer(error: unknown, endpoint: Endpoint): Absent | Failed {
  const { statusCode, message, code } = error as DockerError;
  if (error instanceof MalformedAnswer) return failed(message);
  if (statusCode !== undefined && statusCode >= 300 && statusCode < 400)
    throw noEngine(endpoint, `it redirects to another address (status ${String(statusCode)}), which no engine does`);
  if (statusCode === 404) return absent(message);
  if (statusCode !== undefined) return engineFailure(message);
  // A bug in redisdemo does not mean that there is no engine.
  if (error instanceof TypeError && code === undefined) throw error;
  throw noEngine(endpoint, message, code);
}

/** The engine's own words, with a hint. */
export function engineFailure(words: string): Failed {
  const isFull = words.includes('no space left on device');
  // Not `system prune`: it removes stopped containers, and a stopped Redis Enterprise node holds its data.
  const hint =
    'Make room: `docker system df` shows what takes it; `docker builder prune` and `docker image prune` remove caches only.';
  return failed(words, isFull ? { hint } : {});
}

const REASONS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the name cannot be resolved',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ENOENT: 'the socket does not exist',
  ENOTDIR: 'the socket does not exist',
  ENOTFOUND: 'the name cannot be resolved',
  ENOTSOCK: 'it is not a socket',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'no answer in time',
};

/** undefined where the message says more than the code: TLS, HTTP, ssh. */
function reasonOf(code: string | undefined, { kind }: Endpoint['address']): string | undefined {
  if (code === undefined || !/^E(?:AI_)?[A-Z]+$/.test(code)) return undefined;
  if (kind === 'ssh') return code === 'ENOENT' ? 'ssh is not installed, or not on the PATH (ENOENT)' : undefined;
  const words = REASONS[code];
  return words === undefined ? code : `${words} (${code})`;
}

function elsewhere({ source, variable }: Endpoint): string {
  if (variable !== undefined) return `correct or unset ${variable}`;
  return source.startsWith('the Docker context')
    ? 'choose another context: docker context use NAME'
    : 'set DOCKER_HOST';
}

export function noEngine(endpoint: Endpoint, words: string, code?: string): Problem {
  const { url, source, address } = endpoint;
  const tried = `${url} (from ${source})`;
  if (code === 'EACCES' || code === 'EPERM') {
    return new Problem('not_permitted', {
      message: `Permission denied for the Docker engine at ${tried}.`,
      hint: 'On Linux: sudo usermod -aG docker $USER, then log in again.',
    });
  }
  const reason = reasonOf(code, address) ?? words;
  return new Problem('docker_missing', {
    message: `No Docker engine answers at ${tried}: ${reason}.`,
    hint: `Start Docker (Docker Desktop, Colima, OrbStack, or: sudo systemctl start docker), or ${elsewhere(endpoint)}.`,
    details: { url, source, reason },
  });
}
