/**
 * Waits until a container serves, as its startup probe says.
 *
 * Source: cloud.google.com/run/docs/configuring/healthchecks: without a probe a TCP one; an HTTP probe wants 2xx or 3xx;
 * `failureThreshold` times, `periodSeconds` apart. The seconds of a probe are not waited for: an answer counts at once, a
 * silence until the limit, and an end is an end.
 */
import { connect } from 'node:net';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { CONTAINER_HOST, type Container } from './container.ts';

const POLL_MS = 25;
/** A service that says no is about to reach its Redis: thirty times no are three seconds. */
const AGAIN_MS = 100;
const ANSWER_MS = 30_000;

interface Probe {
  readonly httpGet?: { readonly path?: string };
  readonly failureThreshold?: number;
}

export type StartFailure = 'ended' | 'silent' | 'refused';

/** Undefined when it serves. */
export async function awaitStart(
  container: Container,
  { httpGet, failureThreshold = 3 }: Probe,
  limitMs: number,
): Promise<StartFailure | undefined> {
  const deadline = Date.now() + limitMs;
  let refusals = 0;
  while (Date.now() < deadline) {
    if (container.ended() !== undefined) return 'ended';
    const status = httpGet ? await get(container.port, httpGet.path ?? '/') : await touch(container.port);
    if (status !== undefined && status < 400) return undefined;
    if (status !== undefined) refusals += 1;
    if (refusals >= failureThreshold) return 'refused';
    await pause(status === undefined ? POLL_MS : AGAIN_MS);
  }
  return refusals > 0 ? 'refused' : 'silent';
}

/** The HTTP status; undefined when nobody answers. */
function get(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const question = request({ host: CONTAINER_HOST, port, path, agent: false, timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    question.on('timeout', () => question.destroy());
    question.on('error', () => {
      resolve(undefined);
    });
    question.end();
  });
}

/** 200 when something listens. */
function touch(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: CONTAINER_HOST, port, timeout: ANSWER_MS });
    const answer = (status: number | undefined) => (): void => {
      socket.destroy();
      resolve(status);
    };
    socket.on('connect', answer(200)).on('error', answer(undefined)).on('timeout', answer(undefined));
  });
}
