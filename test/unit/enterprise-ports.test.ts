/** Ports of a cluster in containers: what collides is refused before anything is created. */
import { listening } from '../support/sockets.ts';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkPorts, freeDatabasePort, freePorts } from '../../src/databases/enterprise/ports.ts';
import { ENTERPRISE_DEFAULTS } from '../../src/databases/enterprise/settings.ts';
import type { Systems } from '../../src/plan/systems.ts';
import { portSystem } from '../../src/systems/processes/ports.ts';

const systems = { ports: portSystem() } as Systems;

describe('ports of a cluster', () => {
  it.each([
    ['the range of the cluster', { port: 27_100 }, 'from 10000 to 19999'],
    ['the range of the cluster', { port: 9999 }, 'from 10000 to 19999'],
    ['the reserved port', { port: 10_050 }, 'without 10050'],
    ['the REST API of the second node', { nodes: 2, uiPort: 9444 }, 'node 2'],
    ['the REST API of the third node', { nodes: 3, apiPort: 11_998 }, 'Port 12000 is for the database'],
    ['the web interface', { port: 12_000, uiPort: 12_000 }, 'the web interface'],
    [
      'the last port',
      { nodes: 3, apiPort: 65_534 },
      'Port 65536 for the REST API of node 3 (--api-port 65534) is out of range: the highest port is 65535.',
    ],
  ])('are checked against %s: %j', (_title, settings, words) => {
    expect(() => {
      checkPorts({ ...ENTERPRISE_DEFAULTS, ...settings });
    }).toThrow(words);
  });

  it.each([{}, { nodes: 9 }, { port: 10_000 }, { port: 19_999, nodes: 3 }])('are taken: %j', (settings) => {
    expect(() => {
      checkPorts({ ...ENTERPRISE_DEFAULTS, ...settings });
    }).not.toThrow();
  });

  it('are chosen free, in a row, and beside those that are taken', async () => {
    const first = await freePorts(3, [], systems);
    const row = [first, first + 1, first + 2];
    expect(await Promise.all(row.map((port) => systems.ports.free(port)))).toEqual([true, true, true]);
    const port = await freeDatabasePort(systems);
    await listening(createServer(), port);
    const next = await freeDatabasePort(systems, [port + 1]);
    expect(next).toBeGreaterThan(port);
    expect(next).not.toBe(port + 1);
  });
});
