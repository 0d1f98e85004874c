/**
 * An HTTP proxy in front of the real Docker engine, which lets a test intercept requests. It assumes nothing about
 * Docker.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is called before a request is passed on: `POST /containers/…/start`, without the version. `true`: it was answered. */
type Intercept = (request: string, response: ServerResponse) => Promise<boolean> | boolean;

export interface EngineProxy {
  /** `unix:///…`, for DOCKER_HOST. */
  readonly host: string;
  /** In order, as {@link Intercept} gets them. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** @param engine `unix:///…`; undefined when every request is answered by `intercept` */
export async function startEngineProxy(engine: string | undefined, intercept: Intercept): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-proxy-'));
  const socket = join(folder, 'docker.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = `${request.method ?? ''} ${(request.url ?? '').replace(/^\/v1\.\d+/, '')}`;
    requests.push(name);
    void Promise.resolve(intercept(name, response)).then((answered) => {
      if (!answered && engine !== undefined) passOn(engine, request, response);
    });
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    host: `unix://${socket}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

function passOn(engine: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const onward = ask({ socketPath: engine.replace('unix://', ''), method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
