/** The docker client against the engine of the tests, for what a test does and asks beside the product. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { inject } from 'vitest';
import { STAND_IN_LABEL } from '../fakes/docker-engine.ts';

/** Marks the containers of {@link runContainer}: other test files run at the same time. */
const OURS = `${STAND_IN_LABEL}.container=${randomUUID()}`;
/** Ends what hangs. */
const PATIENCE_MS = 300_000;
const POLL_MS = 30;

export const engine = inject('docker');

/** Why tests that need an engine are skipped, to stand in their title; empty when there is one. */
export const engineMissing = skipped(engine.missing);

export function skipped(reason: string | undefined): string {
  return reason === undefined ? '' : ` (SKIPPED: ${reason})`;
}

interface Answer {
  readonly code: number | undefined;
  /** Both channels. */
  readonly output: string;
}

export async function docker(args: readonly string[], env = engine.env): Promise<Answer> {
  const { exitCode, all } = await execa('docker', args, { env, reject: false, all: true });
  return { code: exitCode, output: all };
}

/** Starts a container with these options, image and arguments, and returns its name. Rejects when it does not start. */
export async function runContainer(...args: readonly string[]): Promise<string> {
  const name = `test-${randomUUID()}`;
  const { code, output } = await docker(['run', '--detach', '--label', OURS, '--name', name, ...args]);
  if (code !== 0) throw new Error(output);
  return name;
}

/** Those of {@link runContainer}, with their anonymous volumes. */
export async function removeContainers(): Promise<void> {
  const { output } = await docker(['ps', '--all', '--quiet', '--filter', `label=${OURS}`]);
  if (output !== '') await docker(['rm', '--force', '--volumes', ...output.split('\n')]);
}

/** The port of 127.0.0.1 that leads to this one of the container. */
export async function publishedPort(name: string, port: number): Promise<number> {
  const { output } = await docker(['port', name, String(port)]);
  const [, found] = /^127\.0\.0\.1:(\d+)$/m.exec(output) ?? [];
  if (found === undefined) throw new Error(`${name} does not publish ${String(port)} on 127.0.0.1: ${output}`);
  return Number(found);
}

/** What `ask` answers as soon as it does not throw. */
export async function until<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}
