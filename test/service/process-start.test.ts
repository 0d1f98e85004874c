/** Why the service does not start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { failService } from '../support/service-process.ts';
import { serviceWith } from '../support/test-processes.ts';

const SERVER = fileURLToPath(new URL('../../dist/service/server.js', import.meta.url));

describe('a start that fails', () => {
  test('a port that is taken: exit code 5', async () => {
    const { url } = await serviceWith();
    const { port } = new URL(url);
    const { exitCode, message, output } = await failService({ PORT: port });
    expect([exitCode, output]).toEqual([5, expect.not.stringContaining('    at ') as string]);
    expect(message).toContain(port);
  });

  test('a host that is not an address of this machine: exit code 2', async () => {
    // https://datatracker.ietf.org/doc/html/rfc5737: no machine has it.
    const { exitCode, message } = await failService({ LISTEN_HOST: '192.0.2.1' });
    expect([exitCode, message]).toEqual([
      2,
      expect.stringMatching(/^LISTEN_HOST is not an address of this machine: .*EADDRNOTAVAIL.*192\.0\.2\.1/),
    ]);
  });

  test('a host that no name server answers for: exit code 2, and it is not called wrong', async () => {
    // Where a name server does answer, it knows no such name: https://datatracker.ietf.org/doc/html/rfc2606
    const { exitCode, message } = await failService({ LISTEN_HOST: 'redisdemo.invalid' });
    expect([exitCode, message]).toEqual([
      2,
      expect.stringMatching(
        /^LISTEN_HOST (?:could not be looked up: .*EAI_AGAIN|is not an address of this machine: .*ENOTFOUND)/,
      ),
    ]);
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
