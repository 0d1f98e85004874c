/** The processes that a benchmark starts. However it ends, it leaves none behind. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

const alive = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
const cleanUps: (() => Promise<unknown>)[] = [];
for (const [signal, exitCode] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
  process.once(signal, () => {
    for (const child of alive) child.kill('SIGKILL');
    void Promise.allSettled(cleanUps.map((cleanUp) => cleanUp())).then(() => process.exit(exitCode));
  });
}

/** To be done when a signal ends the benchmark, after its processes are killed. */
export function onSignal(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

/** Starts a command, by default in {@link plainEnvironment}. */
export function start(
  command: readonly string[],
  { env = plainEnvironment(), ...options }: SpawnOptions,
): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { ...options, env });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  // Without a listener a failed start would end the benchmark with a stack; whoever waits sees that nothing answers.
  child.once('error', () => alive.delete(child));
  return child;
}

/** At once: nothing that a contender holds is worth a goodbye. */
export async function kill(child: ChildProcess): Promise<void> {
  if (!alive.has(child)) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export async function killAll(): Promise<void> {
  await Promise.all(Array.from(alive, kill));
}

/** The user's own, without what Node reads before the first line runs: certificates alone cost it tens of milliseconds. */
export function plainEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...extra, NODE_EXTRA_CA_CERTS: undefined, NODE_OPTIONS: undefined };
}
