/** The Redis protocol, as far as frames: https://redis.io/docs/latest/develop/reference/protocol-spec/ */

const NEWLINE = Buffer.from('\r\n');
/** Types whose header counts the values that follow; a map counts pairs. */
const VALUES_EACH: ReadonlyMap<string, number> = new Map([
  ['*', 1],
  ['~', 1],
  ['>', 1],
  ['%', 2],
]);
/** Types whose header counts the bytes that follow. */
const BLOBS: ReadonlySet<string> = new Set(['$', '=', '!']);

/** Cuts a stream into whole values, each with its bytes as they came. */
export function splitFrames(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const end = frameEnd(rest, 0);
      if (end < 0) return;
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      onFrame(frame);
    }
  };
}

/** Where the value that begins at `at` ends; -1 when more bytes must come. */
function frameEnd(bytes: Buffer, at: number): number {
  const line = bytes.indexOf(NEWLINE, at);
  if (line < 0) return -1;
  const begin = line + NEWLINE.length;
  const type = String.fromCharCode(bytes[at] ?? 0);
  const each = VALUES_EACH.get(type);
  if (each === undefined && !BLOBS.has(type)) return begin;
  const count = Number(bytes.toString('latin1', at + 1, line));
  if (each === undefined) {
    const end = count < 0 ? begin : begin + count + NEWLINE.length;
    return end <= bytes.length ? end : -1;
  }
  let end = begin;
  for (let left = count * each; left > 0 && end >= 0; left--) end = frameEnd(bytes, end);
  return end;
}

/** The words of a command; none for an inline command, which nothing here needs to understand. */
export function readCommand(frame: Buffer): Buffer[] {
  if (!frame.toString('latin1', 0, 1).startsWith('*')) return [];
  const words: Buffer[] = [];
  let at = frame.indexOf(NEWLINE) + NEWLINE.length;
  while (at < frame.length) {
    const begin = frame.indexOf(NEWLINE, at) + NEWLINE.length;
    const end = frameEnd(frame, at);
    words.push(frame.subarray(begin, end - NEWLINE.length));
    at = end;
  }
  return words;
}

export function writeCommand(...words: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([Buffer.from(`*${String(words.length)}\r\n`), ...words.map(writeBlob)]);
}

export function writeBlob(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`$${String(bytes.length)}\r\n`), bytes, NEWLINE]);
}
