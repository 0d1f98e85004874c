/** The least that Node can do: its own HTTP server, the service's Redis client, nothing checked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readSettings } from '../../service/src/settings.ts';
import { redisClient } from '../../service/src/store/redis-client.ts';

const { redis: settings, port, host } = readSettings(process.env);
if (!settings) throw new Error('REDISHOST is not set');
const redis = redisClient(settings);
await redis.connect();

createServer((request, response) => {
  const key = `user:${(request.url ?? '').slice('/users/'.length)}`;
  if (request.method === 'PUT') void put(key, request, response);
  else void get(key, response);
}).listen(port, host);

async function get(key: string, response: ServerResponse): Promise<void> {
  const document = await redis.call('JSON.GET', key, '.');
  send(response, typeof document === 'string' ? document : 'null');
}

async function put(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  await redis.call('JSON.SET', key, '.', Buffer.concat(chunks).toString());
  send(response, 'true');
}

function send(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }).end(json);
}
