/** The engine of a sandbox, reporting more or less memory than this machine has. */
import { askEngine } from './engine-api.ts';
import { startEngineProxy, type EngineProxy } from '../fakes/engine-proxy.ts';
import type { Sandbox } from './sandbox.ts';

export async function engineWithMemory({ engine }: Sandbox, memoryBytes: number): Promise<EngineProxy> {
  const info = await askEngine<object>(engine.host, '/v1.41/info');
  return startEngineProxy(engine.host, (asked, response) => {
    if (asked !== 'GET /info') return false;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...info, MemTotal: memoryBytes }));
    return true;
  });
}
