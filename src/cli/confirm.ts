import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Problem } from '../problem.ts';
import { printable } from '../text/foreign-text.ts';

interface Audience {
  readonly input: boolean;
  readonly signal: AbortSignal;
}

/** Asks a person at the terminal. Throws a Problem that names the flag where nobody can answer. */
export async function confirm(question: string, flag: string, { input, signal }: Audience): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!input || !stdin.isTTY || !stderr.isTTY) {
    throw new Problem('confirmation_needed', {
      message: `Confirmation needed: ${question}`,
      hint: `There is no terminal to answer at, or --no-input is given. Pass ${flag}`,
    });
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  // Ctrl-D closes the terminal: that is not a yes.
  const isOver = once(terminal, 'close').then(() => '');
  try {
    const answer = await Promise.race([terminal.question(`${printable(question)} [y/N] `, { signal }), isOver]);
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (error) {
    // readline catches Ctrl-C itself while it asks.
    signal.throwIfAborted();
    if ((error as Error).name !== 'AbortError') throw error;
    throw new Problem('interrupted', { message: 'Interrupted. Nothing was changed.' });
  } finally {
    terminal.close();
  }
}
