import { isInterruption, Problem } from '../../../problem.ts';
import { printable } from '../../../text/foreign-text.ts';

const LIMIT = 800;

/** Keeps the title only: a front end or a proxy answers with a whole web page. */
function withoutMarkup(text: string): string {
  const start = text.search(/<(?:!doctype\b|html\b|head\b)/i);
  if (start < 0) return text;
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(text.slice(start))?.[1]?.trim();
  const end = text.toLowerCase().indexOf('</html>', start);
  const rest = end < 0 ? '' : text.slice(end + '</html>'.length);
  return `${text.slice(0, start)}a web page${title === undefined ? '' : ` titled "${title}"`}${rest}`;
}

/** Without the name of the command, links to manuals and the YAML of details. */
export function wordsOf(said: string): string {
  const [text = ''] = withoutMarkup(said)
    .replace(/^[^]*?ERROR: \([\w.-]+\) /, '')
    .split(/\n- '@type'|\nLogs URL|\nFor more troubleshooting|\nThis command is authenticated as/);
  return printable(text.trim(), LIMIT);
}

export function firstSentence(said: string): string {
  return wordsOf(said).split('\n', 1)[0]?.trim() ?? '';
}

/** Why a question got no answer. Throws interruptions and bugs again. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Problem) || isInterruption(error)) throw error;
  return firstSentence(error.message);
}
