/** The commands of bench:cli, and how one is run. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { start } from './child.ts';
import { temporaryFolder } from './folder.ts';

/** What it is called in the report, and what it ends with where there is no Docker: docs/cli.md. */
const LINES = [
  { name: '--version', words: ['--version'], exitCode: 0 },
  { name: '--help', words: ['--help'], exitCode: 0 },
  { name: 'stack up --help', words: ['stack', 'up', '--help'], exitCode: 0 },
  // Of all commands the one with the most options.
  { name: 'deploy cloudrun --help', words: ['deploy', 'cloudrun', '--help'], exitCode: 0 },
  { name: 'an unknown command', words: ['stack', 'start'], exitCode: 2 },
  { name: 'a bad value', words: ['stack', 'up', '--port', 'none'], exitCode: 2 },
  { name: 'env --db url', words: ['env', '--db', 'url', '--redis-host', '127.0.0.1'], exitCode: 0 },
  { name: 'status', words: ['status'], exitCode: 3 },
  { name: 'tour', words: ['tour'], exitCode: 0 },
] as const;

const NOTHING = { name: 'node -e 0', words: ['-e', '0'], exitCode: 0 } as const;

export type CommandName = (typeof LINES)[number]['name'] | (typeof NOTHING)['name'];

export interface Command {
  readonly name: CommandName;
  readonly line: readonly [string, ...string[]];
  readonly exitCode: number;
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
  const program = join(folder, 'bin', 'redisdemo.js');
  return {
    folder,
    all: [
      { ...NOTHING, line: [process.execPath, ...NOTHING.words] },
      ...LINES.map((line) => ({ ...line, line: [process.execPath, program, ...line.words] as const })),
    ],
  };
}

/** Milliseconds from the start to the end. Throws when it ends with another code than its own. */
export async function runCommand({ name, line, exitCode }: Command, { folder }: Commands): Promise<number> {
  const begin = performance.now();
  const child = start(line, { cwd: folder, env: bareEnvironment(folder), stdio: 'ignore' });
  await once(child, 'exit');
  const ms = performance.now() - begin;
  if (child.exitCode !== exitCode) throw new Error(`${name} ended with ${String(child.exitCode ?? child.signalCode)}`);
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
