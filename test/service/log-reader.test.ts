/** Standard output takes nothing: the service goes on, and says what was lost. */
import { terminalMissing } from '../support/terminal.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../fakes/redis-server.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { ask, getUser } from '../support/user-requests.ts';

const SERVER = fileURLToPath(new URL('../../dist/service/server.js', import.meta.url));
/** More than the pipe (64 KiB) and the service (1 MiB) keep, in lines with long paths. */
const REQUESTS = 60;
const LONG_PATH = `/${'x'.repeat(40_000)}`;

/** In a terminal, which script(1) makes and passes on to its standard output. */
const IN_TERMINAL = ['script', '-qefc', `'${process.execPath}' '${SERVER}'`, '/dev/null'] as const;

async function start(stdout: 'pipe' | number, command: readonly [string, ...string[]] = [process.execPath, SERVER]) {
  const port = await freePort();
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { PORT: String(port), LOG_REQUESTS: 'true' },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    child.stdout?.resume();
    await closed;
  });
  const service = { url: `http://127.0.0.1:${String(port)}` };
  await expect
    .poll(
      () =>
        ask(service, '/health').then(
          ({ status }) => status,
          () => 0,
        ),
      LONG_WAIT,
    )
    .toBe(200);
  return { child, service };
}

test.skipIf(terminalMissing !== '')(`a terminal that is stopped holds up no request${terminalMissing}`, async () => {
  const { child, service } = await start('pipe', IN_TERMINAL);
  for (let round = 0; round < REQUESTS; round++) expect((await ask(service, LONG_PATH)).status).toBe(404);
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await expect
    .poll(async () => {
      await ask(service, '/nowhere');
      return log;
    }, LONG_WAIT)
    .toMatch(/\d+ log lines were dropped because standard output could not be written/);
});

test('a reader that stops reading holds up no request; when it reads again it learns how many lines were dropped', async () => {
  const { child, service } = await start('pipe');
  for (let round = 0; round < REQUESTS; round++) expect((await ask(service, LONG_PATH)).status).toBe(404);
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  await expect
    .poll(() => log, LONG_WAIT)
    .toMatch(/"severity":"WARNING".*\d+ log lines were dropped because standard output could not be written/);
  expect((await getUser(service, '1')).status).toBe(200);
});

test.skipIf(!existsSync('/dev/full'))('a full disk: it says so once on standard error, and serves', async () => {
  const full = openSync('/dev/full', 'w');
  const { child, service } = await start(full);
  closeSync(full);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  for (let round = 0; round < 5; round++) expect((await getUser(service, '1')).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await expect.poll(() => errors, LONG_WAIT).toMatch(/^The log cannot be written to standard output: .*ENOSPC.*\n$/);
});
