import { absent, failed, type Absent, type Answer, type Failed } from '../plan/answer.ts';
import { Problem } from '../problem.ts';
import type { Endpoint } from './docker-endpoint.ts';

/** Calls the engine, and turns its refusals into answers. */
export type Ask = <T>(work: () => Promise<T>) => Promise<Answer<T>>;

/** What dockerode rejects with: an answer of the engine has a status, anything else a code of the system. */
interface DockerError extends NodeJS.ErrnoException {
  readonly statusCode?: number;
  readonly json?: { readonly message?: string } | undefined;
}

/** The engine's refusal as an answer: 404 is a clear no. Throws a {@link Problem} when there is no engine at all. */
export function refusal(error: unknown, endpoint: Endpoint): Absent | Failed {
  const { statusCode, json, message, code } = error as DockerError;
  const words = json?.message ?? message;
  if (statusCode === 404) return absent(words);
  if (statusCode !== undefined) return failed(words);
  throw noEngine(endpoint, code ?? message);
}

function noEngine({ url, source }: Endpoint, reason: string): Problem {
  const tried = `${url} (from ${source})`;
  if (reason === 'EACCES') {
    return new Problem('not_permitted', {
      message: `You may not use the Docker engine at ${tried}.`,
      hint: 'On Linux: sudo usermod -aG docker $USER, then log in again.',
    });
  }
  return new Problem('docker_missing', {
    message: `No Docker engine answers at ${tried}: ${reason}.`,
    hint: 'Start Docker (Docker Desktop, Colima, OrbStack, or: sudo systemctl start docker), or set DOCKER_HOST.',
    details: { url, source, reason },
  });
}
