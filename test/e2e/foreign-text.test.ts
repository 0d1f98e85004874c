/** What other systems answer is drawn without their control characters: on a terminal, in a pipe and as JSON. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

/** A window title, a colour, text that runs backwards, an 8-bit control and lines that look like redisdemo's own. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[32m\u202eegap\u009b2K\r✓ 11 of 11 checks passed\n✓ forged';
const RAW = /(?![\n\r\t])[\p{Cc}\p{Bidi_Control}]/u;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ name: HOSTILE, store: HOSTILE, version: HOSTILE, status: HOSTILE }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

it.each([['--no-color'], ['--json']])('smoke %s draws no control character of a service', async (flag) => {
  const { exitCode, stdout, stderr } = await cli(['smoke', '--url', url, flag]);
  expect(exitCode).toBe(7);
  expect(stdout).toContain(String.raw`\u202eegap`);
  expect(stdout + stderr).not.toMatch(RAW);
  expect(stdout).not.toMatch(/^✓ (?:forged|11 of 11)/m);
});

it.skipIf(terminalMissing)(`nor on a terminal${terminalMissing}`, async () => {
  const { stdout } = await startAtTerminal(['smoke', '--url', url, '--no-color'], { env: { CI: '1' } });
  expect(stdout).toContain(String.raw`\u202eegap`);
  expect(stdout).not.toMatch(RAW);
  // The terminal itself ends its lines with a carriage return; nothing else may write one.
  expect(stdout.replaceAll('\r\n', '\n')).not.toContain('\r');
});
