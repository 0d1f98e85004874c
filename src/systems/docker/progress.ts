import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { ok, type Answer } from '../../plan/answer.ts';
import { MalformedAnswer } from './answers.ts';
import { engineFailure, type Ask } from './errors.ts';

const text = v.fallback(v.optional(v.string()), undefined);
const count = v.fallback(v.optional(v.number()), undefined);

/** A line of the stream of a pull or build; a field of another type counts as absent. */
const PROGRESS_LINE = v.object({
  id: text,
  status: text,
  stream: text,
  // Deprecated from API 1.48 on, where only the other one may be there: docs.docker.com/reference/api/engine/version-history.
  error: text,
  errorDetail: v.fallback(v.optional(v.object({ message: text })), undefined),
  progressDetail: v.fallback(v.optional(v.object({ current: count, total: count })), undefined),
});
type ProgressLine = v.InferOutput<typeof PROGRESS_LINE>;

interface Layer {
  readonly current: number;
  readonly total: number;
  readonly done: boolean;
}

/** dockerode returns an IncomingMessage, but its type says less. */
type Destroyable = NodeJS.ReadableStream & { readonly destroy?: (error: Error) => unknown };

const MEGABYTE = 1_000_000;
/** For one line, which is buffered until it ends. */
const LINE_LIMIT_BYTES = 8 * 1024 * 1024;
/** A working engine reports all the time. */
const SILENCE_LIMIT_MS = 300_000;

/** The engine stops a pull or build when the connection ends, so `start` must respect the signal too. */
export async function followed(
  start: () => Promise<Destroyable>,
  { ask, update, signal }: { readonly ask: Ask; readonly update: (text: string) => void; readonly signal: AbortSignal },
): Promise<Answer<undefined>> {
  try {
    const stream = await ask(start, SILENCE_LIMIT_MS);
    if (stream.kind !== 'ok') return engineFailure(stream.reason);
    const end = await ask(() => followProgress(stream.value, update), Infinity);
    return end.kind === 'ok' ? end.value : engineFailure(end.reason);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * The HTTP status is 200 before the work begins, so a failure is a line with `error`, or a stream that breaks off;
 * dockerode's followProgress resolves on the first.
 */
async function followProgress(stream: Destroyable, update: (text: string) => void): Promise<Answer<undefined>> {
  const layers = new Map<string, Layer>();
  let broken: Error | undefined;
  stream.on('error', (error: Error) => (broken = error));
  const watchdog = setTimeout(() => {
    stream.destroy?.(new Error(`it has said nothing for ${String(SILENCE_LIMIT_MS / 1000)} s`));
  }, SILENCE_LIMIT_MS);
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > LINE_LIMIT_BYTES) stream.destroy?.(new MalformedAnswer('a line of its progress is larger than 8 MiB'));
  });
  try {
    for await (const text of createInterface({ input: stream })) {
      length = 0;
      watchdog.refresh();
      const line = readLine(text);
      const error = line.errorDetail?.message ?? line.error;
      if (error !== undefined) return engineFailure(error);
      if (line.stream?.startsWith('Step ')) update(line.stream.trim());
      if (line.id === undefined) continue;
      addTo(layers, line.id, line);
      update(summary([...layers.values()]));
    }
  } finally {
    clearTimeout(watchdog);
  }
  if (broken) throw broken;
  return ok(undefined);
}

function readLine(text: string): ProgressLine {
  try {
    return v.parse(PROGRESS_LINE, JSON.parse(text));
  } catch {
    return { error: `the engine says: ${text.slice(0, 300)}` };
  }
}

function addTo(layers: Map<string, Layer>, id: string, { status = '', progressDetail = {} }: ProgressLine): void {
  const { current, total } = progressDetail;
  const done = /^(?:Pull complete|Already exists|Download complete)/.test(status);
  const before = layers.get(id);
  if (current !== undefined && total !== undefined) layers.set(id, { current, total, done });
  else if (before || done) layers.set(id, { ...(before ?? { current: 0, total: 0 }), done });
}

function summary(layers: readonly Layer[]): string {
  const done = layers.filter((layer) => layer.done).length;
  const megabytes = (key: 'current' | 'total'): string =>
    (layers.reduce((sum, layer) => sum + layer[key], 0) / MEGABYTE).toFixed(0);
  return `${String(done)} of ${String(layers.length)} layers, ${megabytes('current')} of ${megabytes('total')} MB`;
}
