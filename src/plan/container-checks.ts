import { Problem } from '../problem.ts';
import { absent, failed, type Answer } from './answer.ts';
import { hostPort, storedSettings } from './container-settings.ts';
import { findPortOwner, portTaken, type Instead } from './port-owner.ts';
import type { ContainerState, Systems } from './systems.ts';

const LOG_LINES = 15;

/** Throws a Problem when the engine does not answer: that is not a no. */
export async function findContainer(name: string, { containers }: Systems): Promise<ContainerState | undefined> {
  const state = await containers.state(name);
  if (state.kind === 'failed')
    throw new Problem('system_failed', { message: `${name}: ${state.reason}`, hint: state.hint });
  return state.kind === 'ok' ? state.value : undefined;
}

/** The host port that a managed container was asked to publish; undefined when there is no such container. */
export async function publishedPort(name: string, port: number, systems: Systems): Promise<number | undefined> {
  const found = await findContainer(name, systems);
  if (found?.ours !== true) return undefined;
  return hostPort(storedSettings(found.labels)?.settings, port);
}

interface Wanted {
  /** Whoever may have the ports already: the container itself, or the service in the background. */
  readonly own?: string;
  readonly instead: Instead;
  /** The record of the service in the background. */
  readonly record: string;
}

/** Throws a Problem that names the owner when one of the ports is taken by anything but `own`. */
export async function portsFree(
  ports: readonly number[],
  { own, instead, record }: Wanted,
  systems: Systems,
): Promise<void> {
  for (const port of ports) {
    if (await systems.ports.free(port)) continue;
    const owner = await findPortOwner(port, () => record, systems);
    if (owner?.name !== undefined && owner.name === own) continue;
    throw await portTaken(port, { owner, instead, outcome: ' Nothing was created.' }, systems);
  }
}

/** Throws a Problem when Docker runs on another machine, where the ports are published too. */
export async function assertPortsHere({ containers }: Systems): Promise<void> {
  const problem = await containers.elsewhere();
  if (problem) throw problem;
}

/** A paused container answers nobody until it continues. */
export function paused(name: string): Problem {
  return new Problem('paused', {
    message: `The container ${name} is paused.`,
    hint: `Continue it with: docker unpause ${name}`,
  });
}

/** Returns the answer while the container runs; `failed` with its last log lines once it has ended. */
export async function aliveOr<T>(name: string, answer: Answer<T>, { containers }: Systems): Promise<Answer<T>> {
  const state = await containers.state(name);
  // The next question asks the engine again.
  if (state.kind === 'failed') return answer;
  if (state.kind === 'absent') return failed(`the container ${name} is gone: ${state.reason}`);
  const { running, unhealthy } = state.value;
  if (state.value.paused) throw paused(name);
  if (running && unhealthy !== undefined && answer.kind === 'absent')
    return absent(`${answer.reason}; its own health check says: ${unhealthy}`);
  if (running) return answer;
  const log = await containers.log(name, LOG_LINES);
  return failed(`the container ${name} has ended with exit code ${String(state.value.exitCode)}.${evidence(log)}`);
}

/** An engine can be set to keep no logs, or to send them elsewhere: https://docs.docker.com/engine/logging/configure/ */
function evidence(log: Answer<string>): string {
  if (log.kind !== 'ok') return ` Its log cannot be read: ${log.reason}`;
  const lines = log.value.trimEnd();
  // On separate lines: where there is room for one line only, the sentence before them is shown.
  return lines === '' ? ' It logged nothing.' : `\nIts last lines:\n${lines}`;
}
