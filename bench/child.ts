import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

const alive = new Set<ChildProcess>();

// However the benchmark ends, it leaves no server behind.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a command. The variables that a user's shell may hold and that would slow Node are taken away. */
export function start(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { ...options, env: plainEnvironment(options.env) });
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

export function plainEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, ...extra };
  // Node reads these before the first line runs; certificates alone cost it tens of milliseconds.
  delete environment['NODE_EXTRA_CA_CERTS'];
  delete environment['NODE_OPTIONS'];
  return environment;
}
