/** Why the service does not start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { failService } from '../support/service-process.ts';
import { serviceWith } from './started.ts';

const SERVER = fileURLToPath(new URL('../../dist/service/server.js', import.meta.url));

describe('a start that fails', () => {
  test('a port that is taken: exit code 5', async () => {
    const { url } = await serviceWith();
    const { port } = new URL(url);
    const { exitCode, message, output } = await failService({ PORT: port });
    expect([exitCode, output]).toEqual([5, expect.not.stringContaining('    at ') as string]);
    expect(message).toContain(port);
  });

  test('without a parent that listens the log says why', async () => {
    const child = spawn(process.execPath, [SERVER], { env: { PORT: 'http' }, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, JSON.parse(output)]).toMatchObject([
      2,
      { severity: 'CRITICAL', message: 'PORT must be a whole number from 0 to 65535' },
    ]);
  });
});
