/** The engine of a lab as one with more memory, or less, than this machine has. */
import { request } from 'node:http';
import { startEngineProxy, type EngineProxy } from './fakes/engine-proxy.ts';
import type { Lab } from './lab.ts';

export async function engineWithMemory({ engine }: Lab, memoryBytes: number): Promise<EngineProxy> {
  const info = JSON.parse(await get(engine.host, '/v1.41/info')) as object;
  return startEngineProxy(engine.host, (asked, response) => {
    if (asked !== 'GET /info') return false;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...info, MemTotal: memoryBytes }));
    return true;
  });
}

function get(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath: host.replace('unix://', ''), path }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        resolve(Buffer.concat(parts).toString());
      });
    })
      .on('error', reject)
      .end();
  });
}
