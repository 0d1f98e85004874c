import { createInterface } from 'node:readline';
import { failed, ok, type Answer } from '../plan/answer.ts';

/** A line of what the engine streams while it pulls or builds. */
interface ProgressLine {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const MEGABYTE = 1_000_000;

/**
 * Follows a pull or a build to its end. The HTTP status says 200 before the work begins, so a failure is a line with
 * `error`, or a stream that breaks off; dockerode's own followProgress ends well on the first.
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  update: (text: string) => void,
): Promise<Answer<undefined>> {
  const layers = new Map<string, { current: number; total: number; done: boolean }>();
  let broken: Error | undefined;
  stream.on('error', (error: Error) => (broken = error));
  for await (const text of createInterface({ input: stream })) {
    const line = JSON.parse(text) as ProgressLine;
    if (line.error !== undefined) return failed(line.error);
    if (line.stream?.trim()) update(line.stream.trim());
    const { current, total } = line.progressDetail ?? {};
    if (line.id === undefined) continue;
    const done = /^(?:Pull complete|Already exists|Download complete)/.test(line.status ?? '');
    const before = layers.get(line.id);
    if (current !== undefined && total !== undefined) layers.set(line.id, { current, total, done });
    else if (before || done) layers.set(line.id, { ...(before ?? { current: 0, total: 0 }), done });
    update(summary([...layers.values()]));
  }
  return broken ? failed(broken.message) : ok(undefined);
}

function summary(layers: readonly { current: number; total: number; done: boolean }[]): string {
  const done = layers.filter((layer) => layer.done).length;
  const megabytes = (key: 'current' | 'total'): string =>
    (layers.reduce((sum, layer) => sum + layer[key], 0) / MEGABYTE).toFixed(0);
  return `${String(done)} of ${String(layers.length)} layers, ${megabytes('current')} of ${megabytes('total')} MB`;
}
