import { createInterface } from 'node:readline/promises';
import { Problem } from '../problem.ts';

/** Whether somebody is there who may be asked: not with --no-input, and only at a terminal. */
export interface Audience {
  readonly input: boolean;
  readonly signal: AbortSignal;
}

/** Asks a person at the terminal. Without one, the flag that says yes is named instead. */
export async function confirm(question: string, flag: string, { input, signal }: Audience): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!input || !stdin.isTTY || !stderr.isTTY) {
    throw new Problem('bad_usage', { message: `${question} Nobody is here to answer.`, hint: `Say yes with ${flag}` });
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
