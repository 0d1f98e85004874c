/** The built CLI at a terminal: script(1) plays it. */
import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { quote } from '../../src/script/shell.ts';
import { BIN, type CliSettings } from './cli.ts';

/** To stand in the title of tests that are skipped; empty when there is a terminal to be had. */
export const terminalMissing =
  spawnSync('script', ['--version']).error === undefined ? '' : ' (SKIPPED: script is not on PATH)';

/**
 * Of 80 columns unless told otherwise: script's own terminal has none. What is typed goes to its stdin, and what the
 * screen shows comes from its stdout.
 */
export function startAtTerminal(
  args: readonly string[],
  { env = {}, cwd = '/', columns = 80 }: CliSettings & { readonly columns?: number } = {},
) {
  const command = `stty cols ${String(columns)} rows 24; exec ${[process.execPath, BIN, ...args].map(quote).join(' ')}`;
  return execa('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { TERM: 'xterm', PATH: process.env['PATH'], ...env },
    extendEnv: false,
    reject: false,
    cwd,
  });
}
