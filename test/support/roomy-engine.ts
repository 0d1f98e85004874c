/** The engine of a lab as one with more memory, or less, than this machine has. */
import { askEngine } from './engine-api.ts';
import { startEngineProxy, type EngineProxy } from '../fakes/engine-proxy.ts';
import type { Lab } from './lab.ts';

export async function engineWithMemory({ engine }: Lab, memoryBytes: number): Promise<EngineProxy> {
  const info = await askEngine<object>(engine.host, '/v1.41/info');
  return startEngineProxy(engine.host, (asked, response) => {
    if (asked !== 'GET /info') return false;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...info, MemTotal: memoryBytes }));
    return true;
  });
}
