import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Problem } from '../problem.ts';
import { printable } from '../text/foreign-text.ts';

/** Whether somebody is there who may be asked: not with --no-input, and only at a terminal. */
interface Audience {
  readonly input: boolean;
  readonly signal: AbortSignal;
}

/** Asks a person at the terminal. Without one, the flag that says yes is named instead. */
export async function confirm(question: string, flag: string, { input, signal }: Audience): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!input || !stdin.isTTY || !stderr.isTTY) {
    throw new Problem('confirmation_needed', {
      message: `Confirmation needed: ${question}`,
      hint: `There is no terminal to answer at, or --no-input is given. Pass ${flag}`,
    });
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  // Ctrl-D: there is no more to be said, and that is no yes.
  const isOver = once(terminal, 'close').then(() => '');
  try {
    const answer = await Promise.race([terminal.question(`${printable(question)} [y/N] `, { signal }), isOver]);
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (error) {
    // While it asks, readline takes the Ctrl-C for itself.
    signal.throwIfAborted();
    if ((error as Error).name !== 'AbortError') throw error;
    throw new Problem('interrupted', { message: 'Interrupted. Nothing was changed.' });
  } finally {
    terminal.close();
  }
}
