import { styleText } from 'node:util';
import type { Output } from './output.ts';

const STYLES = { good: 'green', bad: 'red', note: 'yellow', dim: 'dim', error: 'red', hint: 'cyan' } as const;

export type Paint = (text: string, style: keyof typeof STYLES | undefined) => string;

export interface PaintOptions {
  /** False forbids colours; true leaves the choice to the environment and the terminal. */
  readonly color: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

export function painter(output: Output, options: PaintOptions): Paint {
  return (text, style) =>
    style === undefined || !hasColors(output, options)
      ? text
      : styleText(STYLES[style], text, { validateStream: false });
}

/** https://no-color.org and https://force-color.org. */
function hasColors({ terminal }: Output, { color, environment }: PaintOptions): boolean {
  if (!color || environment['NO_COLOR']) return false;
  const force = environment['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return terminal !== undefined && environment['TERM'] !== 'dumb';
}
