/** The way to the engine, tried before anything else is asked. */
import type { Agent } from 'node:http';
import Docker from 'dockerode';
import { ok, type Answer } from '../plan/answer.ts';
import { Problem } from '../problem.ts';
import { connectionOptions } from './docker-connect.ts';
import type { Endpoint } from './docker-endpoint.ts';
import { noEngine, refusal, type Ask } from './docker-errors.ts';

/** How long the engine may take to say who it is. */
const HELLO_LIMIT_MS = 10_000;
/** A container is given 10 s to stop, and a new volume may be filled from its image. */
const ANSWER_LIMIT_MS = 60_000;
/** The API that this program was written for. Engines of Docker 29 and later have another minimum. */
const API_MINOR = 41;

export interface OpenEngine {
  readonly docker: Docker;
  readonly ask: Ask;
}

/** Throws a {@link Problem} when no engine answers, or what answers is none. */
export async function openEngine(endpoint: Endpoint, signal: AbortSignal): Promise<OpenEngine> {
  const options = await connectionOptions(endpoint.address);
  const ask = asker(endpoint, options.agent);
  const hangUp = (): void => {
    options.agent.destroy();
  };
  signal.addEventListener('abort', hangUp);
  const version = await ask(() => new Docker(options).version(), HELLO_LIMIT_MS).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  signal.removeEventListener('abort', hangUp);
  if (version.kind === 'failed') throw noEngine(endpoint, version.reason);
  return {
    docker: new Docker({
      ...options,
      version: `v1.${String(apiMinor(version.kind === 'ok' ? version.value : {}, endpoint))}`,
    }),
    ask,
  };
}

function apiMinor({ ApiVersion, MinAPIVersion }: Partial<Docker.DockerVersion>, endpoint: Endpoint): number {
  const [newest, oldest] = [ApiVersion, MinAPIVersion ?? '1.0'].map((text) =>
    Number(/^1\.(\d+)$/.exec(text ?? '')?.[1]),
  );
  if (Number.isInteger(newest)) return Math.max(Math.min(API_MINOR, newest ?? 0), oldest ?? 0);
  throw noEngine(endpoint, 'what answers there is no Docker engine');
}

/** Turns the engine's refusals into answers, and its silence into a Problem. */
function asker(endpoint: Endpoint, agent: Agent): Ask {
  return async <T>(work: () => Promise<T>, limitMs = ANSWER_LIMIT_MS): Promise<Answer<T>> => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      if (limitMs === Infinity) return;
      timer = setTimeout(() => {
        reject(noEngine(endpoint, `no answer within ${String(limitMs / 1000)} s`));
        // Else what still waits for an answer would keep this process.
        agent.destroy();
      }, limitMs);
    });
    try {
      return ok(await Promise.race([work(), silence]));
    } catch (error) {
      if (error instanceof Problem) throw error;
      return refusal(error, endpoint);
    } finally {
      clearTimeout(timer);
    }
  };
}
