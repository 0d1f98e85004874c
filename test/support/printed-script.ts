/** The script that --print gives, run as a person runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Sandbox } from './sandbox.ts';

/** Resolves with all that it said; rejects with it when the script fails. @param shell `sh`, `bash --posix` */
export async function runScript(
  sandbox: Sandbox,
  { shell, script, env = {} }: { readonly shell: string; readonly script: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  const file = join(sandbox.cwd, 'x.sh');
  await writeFile(file, script);
  const [program = '', ...options] = shell.split(' ');
  const { exitCode, all } = await execa(program, [...options, file], {
    env: { ...sandbox.env, ...env },
    reject: false,
    all: true,
  });
  if (exitCode !== 0) throw new Error(`${shell}: ${String(exitCode)}\n${all}`);
  return all;
}

/** The commands that --explain shows, as they are copied from a terminal. */
export function explainedCommands(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^· \$ (.*(?:\n(?![✓✗!·] ).*)*)/gm)].map(([, lines = '']) => lines.trimEnd());
}

/** Pastes commands into a bash, one after the other. Resolves with all that they said; rejects when one fails. */
export async function paste(
  { cwd, env }: Pick<Sandbox, 'cwd' | 'env'>,
  commands: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<string> {
  const [script, output] = [join(cwd, 'pasted.sh'), join(cwd, 'pasted.log')];
  await writeFile(script, ['set -e -o pipefail', ...commands, ''].join('\n'));
  // A file and no pipe: what goes on in the background would keep it open.
  const log = await open(output, 'w');
  const { PATH, HOME } = process.env;
  const bash = spawn('bash', [script], { env: { PATH, HOME, ...env, ...more }, stdio: ['ignore', log.fd, log.fd] });
  const [exitCode] = (await once(bash, 'exit')) as [number | null];
  await log.close();
  const said = await readFile(output, 'utf8');
  if (exitCode !== 0) throw new Error(`bash: ${String(exitCode)}\n${commands.join('\n')}\n${said}`);
  return said;
}
