import { printableLine } from '../text/foreign-text.ts';
import type { Paint } from './paint.ts';

/** A line of the service's structured log, for a person. A line in another format stays as it is. */
export function readableLog(text: string, paint: Paint): string {
  const { severity, time, message, ...rest } = parseLog(text);
  if (typeof severity !== 'string' || typeof time !== 'string' || typeof message !== 'string')
    return printableLine(text);
  const tone = severity === 'INFO' ? 'dim' : severity === 'WARNING' ? 'note' : 'bad';
  const details = Object.entries(rest).map(([name, value]) =>
    paint(printableLine(`${name}=${JSON.stringify(value)}`), 'dim'),
  );
  const [clock, level, words] = [time.slice(11, 19), severity.padEnd(8), message].map((part) => printableLine(part));
  return [paint(clock ?? '', 'dim'), paint(level ?? '', tone), words, ...details].join(' ');
}

function parseLog(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
