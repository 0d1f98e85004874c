import { createInterface } from 'node:readline/promises';
import { Problem } from '../problem.ts';

/** Asks a person at the terminal. Without one, the flag that says yes is named instead. */
export async function confirm(question: string, flag: string, signal: AbortSignal): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new Problem('bad_usage', { message: `${question} Nobody is here to answer.`, hint: `Say yes with ${flag}` });
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
