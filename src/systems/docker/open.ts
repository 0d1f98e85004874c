import Docker from 'dockerode';
import type { Agent, IncomingMessage } from 'node:http';
import { ok, type Answer } from '../../plan/answer.ts';
import { Problem } from '../../problem.ts';
import { withCheckedAnswers } from './answers.ts';
import { connectionOptions } from './connect.ts';
import type { Endpoint } from './endpoint.ts';
import { noEngine, toAnswer, type Ask, type Engine } from './errors.ts';

/** For the first response. */
const HELLO_LIMIT_MS = 10_000;
/** A container gets 10 s to stop, and a new volume may be filled from its image. */
const ANSWER_LIMIT_MS = 60_000;
/** The API version that redisdemo is written for. Docker 29 and later require a newer one. */
const API_MINOR = 41;

export async function openEngine(endpoint: Endpoint, signal: AbortSignal): Promise<Engine> {
  const options = await connectionOptions(endpoint.address);
  const ask = asker(endpoint, options.agent);
  const hangUp = (): void => {
    options.agent.destroy();
  };
  signal.addEventListener('abort', hangUp);
  const minor = await ask(() => apiMinor(withCheckedAnswers(new Docker(options))), HELLO_LIMIT_MS).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw error;
    },
  );
  signal.removeEventListener('abort', hangUp);
  if (minor.kind === 'failed') throw noEngine(endpoint, minor.reason);
  if (minor.kind === 'absent' || minor.value === undefined)
    throw noEngine(endpoint, 'what answers there is no Docker engine');
  const docker = new Docker({ ...options, version: `v1.${String(minor.value)}` });
  return { docker: withCheckedAnswers(docker), ask };
}

/**
 * {@link API_MINOR}, or the nearest version that the engine supports; undefined if it is not a Docker engine.
 * `/version` is requested only where needed: Podman takes three seconds for it.
 */
async function apiMinor(docker: Docker): Promise<number | undefined> {
  const newest = minorOf(await ping(docker));
  if (newest === undefined || newest <= API_MINOR) return newest;
  const { MinAPIVersion } = await docker.version();
  return Math.max(API_MINOR, minorOf(MinAPIVersion) ?? 0);
}

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemPing */
async function ping(docker: Docker): Promise<string | undefined> {
  const modem = docker.modem as {
    readonly dial: (options: object, done: (error: unknown, answer: unknown) => void) => void;
  };
  const options = { path: '/_ping', method: 'GET', isStream: true, statusCodes: { 200: true } };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    modem.dial(options, (error, message) => {
      if (error instanceof Error) reject(error);
      else resolve(message as IncomingMessage);
    });
  });
  answer.resume();
  const version = answer.headers['api-version'];
  return typeof version === 'string' ? version : undefined;
}

function minorOf(version: string | undefined): number | undefined {
  const minor = /^1\.(\d+)$/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** Turns refusals into answers, and silence into a Problem. */
function asker(endpoint: Endpoint, agent: Agent): Ask {
  return async <T>(work: () => Promise<T>, limitMs = ANSWER_LIMIT_MS): Promise<Answer<T>> => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      if (limitMs === Infinity) return;
      timer = setTimeout(() => {
        reject(noEngine(endpoint, `no answer within ${String(limitMs / 1000)} s`));
        // Otherwise a pending request would keep this process alive.
        agent.destroy();
      }, limitMs);
    });
    try {
      return ok(await Promise.race([work(), silence]));
    } catch (error) {
      if (error instanceof Problem) throw error;
      return toAnswer(error, endpoint);
    } finally {
      clearTimeout(timer);
    }
  };
}
