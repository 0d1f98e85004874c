/** The commands of bench:cli, and how one is run. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { start } from './child.ts';
import { temporaryFolder } from './folder.ts';

export type CommandName = 'node -e 0' | '--version' | '--help' | 'tour';

export interface Command {
  readonly name: CommandName;
  readonly line: readonly [string, ...string[]];
}

export interface Commands {
  readonly all: readonly Command[];
  /** Where a copy of the CLI lies, so that a build meanwhile changes nothing. */
  readonly folder: string;
}

const root = new URL('../', import.meta.url);

/** Throws when the CLI is not built. */
export async function findCommands(): Promise<Commands> {
  const folder = await temporaryFolder();
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(new URL(part, root), join(folder, part), { recursive: true });
  const redisdemo = (...args: string[]): Command['line'] => [
    process.execPath,
    join(folder, 'bin', 'redisdemo.js'),
    ...args,
  ];
  return {
    folder,
    all: [
      { name: 'node -e 0', line: [process.execPath, '-e', '0'] },
      { name: '--version', line: redisdemo('--version') },
      { name: '--help', line: redisdemo('--help') },
      { name: 'tour', line: redisdemo('tour') },
    ],
  };
}

/** Milliseconds from the start to the end. Throws when it ends with another code than 0. */
export async function runCommand({ name, line }: Command, { folder }: Commands): Promise<number> {
  const begin = performance.now();
  const child = start(line, { cwd: folder, env: bareEnvironment(folder), stdio: 'ignore' });
  await once(child, 'exit');
  const ms = performance.now() - begin;
  if (child.exitCode !== 0) throw new Error(`${name} ended with ${String(child.exitCode ?? child.signalCode)}`);
  return ms;
}

/** Throws when a tour in this environment would walk more than the memory stage, or not that. */
export async function onlyMemoryIsReachable({ all, folder }: Commands): Promise<void> {
  const [node, ...args] = all.find(({ name }) => name === 'tour')?.line ?? [''];
  const options = { cwd: folder, env: bareEnvironment(folder) };
  const { stdout } = await promisify(execFile)(node, [...args, '--json'], options);
  const { data } = JSON.parse(stdout) as { data: { rungs: { rung: string; outcome: string }[] } };
  const walked = data.rungs.filter(({ outcome }) => outcome !== 'not reachable');
  const words = walked.map(({ rung, outcome }) => `${rung}: ${outcome}`).join(', ');
  if (words !== 'memory × local: passed') throw new Error(`the tour is not one of the memory stage: ${words}`);
}

/** Nothing of the user's: no settings, no certificates for Node to read, no programs, and no Docker engine. */
function bareEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: join(folder, 'no-programs'),
    HOME: folder,
    REDISDEMO_HOME: join(folder, 'home'),
    DOCKER_HOST: `unix://${join(folder, 'no-engine.sock')}`,
  };
}
