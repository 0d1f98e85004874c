/** The script that --print gives, run as a person runs it. */
import { writeFile } from 'node:fs/promises';
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

/** The commands that --explain shows, as they stand in a script. The reporter indents all lines after the first. */
export function explainedCommands(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^· \$ (.*(?:\n(?![✓✗!·] ).*)*)/gm)].map(([, lines = '']) => `  ${lines.trimEnd()}`);
}
