import { absent, failed, type Absent, type Answer, type Failed } from '../plan/answer.ts';
import { Problem } from '../problem.ts';
import { OddAnswer } from './docker-answers.ts';
import type { Endpoint } from './docker-endpoint.ts';

/** Calls the engine, and turns its refusals into answers. Without a limit of its own it is that of a question. */
export type Ask = <T>(work: () => Promise<T>, limitMs?: number) => Promise<Answer<T>>;

/** What dockerode rejects with: an answer of the engine has a status, anything else a code of the system. */
interface DockerError extends NodeJS.ErrnoException {
  readonly statusCode?: number;
}

/** The engine's refusal as an answer: 404 is a clear no. Throws a {@link Problem} when there is no engine at all. */
export function refusal(error: unknown, endpoint: Endpoint): Absent | Failed {
  const { statusCode, message, code } = error as DockerError;
  if (error instanceof OddAnswer) return failed(message);
  if (statusCode !== undefined && statusCode >= 300 && statusCode < 400)
    throw noEngine(endpoint, `it redirects to another address (status ${String(statusCode)}), which no engine does`);
  if (statusCode === 404) return absent(message);
  if (statusCode !== undefined) return refused(message);
  // A mistake of ours is no engine that is away.
  if (error instanceof TypeError && code === undefined) throw error;
  throw noEngine(endpoint, code !== undefined && isErrno(code) ? code : message);
}

/** What the engine says no with, and what helps. */
export function refused(words: string): Failed {
  const isFull = words.includes('no space left on device');
  // Not `system prune`: it removes stopped containers, and a stopped Redis Enterprise node holds its data.
  const hint =
    'Make room: `docker system df` shows what takes it; `docker builder prune` and `docker image prune` remove caches only.';
  return failed(words, isFull ? { hint } : {});
}

/** `ECONNREFUSED` says it all, and so does `EAI_AGAIN`; of other codes (TLS, HTTP) the message says more. */
function isErrno(code: string): boolean {
  return /^E(?:AI_)?[A-Z]+$/.test(code);
}

export function noEngine({ url, source }: Endpoint, reason: string): Problem {
  const tried = `${url} (from ${source})`;
  if (reason === 'EACCES' || reason === 'EPERM') {
    return new Problem('not_permitted', {
      message: `Permission denied for the Docker engine at ${tried}.`,
      hint: 'On Linux: sudo usermod -aG docker $USER, then log in again.',
    });
  }
  return new Problem('docker_missing', {
    message: `No Docker engine answers at ${tried}: ${reason}.`,
    hint: 'Start Docker (Docker Desktop, Colima, OrbStack, or: sudo systemctl start docker), or set DOCKER_HOST.',
    details: { url, source, reason },
  });
}
