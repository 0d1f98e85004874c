/**
 * The HTTP API of a Docker engine, for what tests do and ask beside the product: a start of the docker client takes as
 * much CPU as some fifty requests. Routes and shapes: docs.docker.com/reference/api/engine.
 */
import { request } from 'node:http';

/** As DOCKER_HOST names it: `unix:///…` or `tcp://host:port`. */
type Host = string;

interface Ran {
  readonly code: number;
  /** Both channels. */
  readonly output: string;
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
}

/** The JSON of the answer. Rejects with what the engine says when it refuses. */
export async function askEngine<T>(host: Host, path: string, call: Call = {}): Promise<T> {
  const answer = await send(host, path, call);
  return (answer.length === 0 ? undefined : JSON.parse(answer.toString())) as T;
}

/** For `filters=`: `{ label: ['redisdemo'] }`. */
export function filters(wanted: Readonly<Record<string, readonly string[]>>): string {
  return `filters=${encodeURIComponent(JSON.stringify(wanted))}`;
}

/** As `docker exec` does. */
export async function runIn(host: Host, container: string, words: readonly string[]): Promise<Ran> {
  const body = { Cmd: words, AttachStdout: true, AttachStderr: true };
  const { Id } = await askEngine<{ Id: string }>(host, `/containers/${container}/exec`, { method: 'POST', body });
  const output = await send(host, `/exec/${Id}/start`, { method: 'POST', body: { Detach: false } });
  const { ExitCode } = await askEngine<{ ExitCode: number }>(host, `/exec/${Id}/json`);
  return { code: ExitCode, output: demultiplexed(output).toString() };
}

/** Frames of a channel, three zeros, the length and so many bytes: "Attach to a container", stream format. */
function demultiplexed(stream: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    const end = at + 8 + stream.readUInt32BE(at + 4);
    parts.push(stream.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function send(host: Host, path: string, { method = 'GET', body }: Call): Promise<Buffer> {
  const url = new URL(host);
  const place = url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request({ ...place, path, method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const all = Buffer.concat(chunks);
        if ((answer.statusCode ?? 0) < 400) resolve(all);
        else reject(new Error(`${method} ${path}: ${String(answer.statusCode)} ${all.toString()}`));
      });
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
