/** deploy status: what could not be asked is an exit code, unless nobody here uses Docker, or Google Cloud. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, withFolder } from '../support/cli.ts';
import { listening } from '../support/sockets.ts';

const status = (env: Record<string, string>) =>
  withFolder((folder) => cli(['deploy', 'status'], { env: { REDISDEMO_HOME: join(folder, 'home'), ...env } }));

it('without Docker and gcloud: 0, and the table says so', async () => {
  const { exitCode, stdout, stderr } = await status({ DOCKER_HOST: 'unix:///nonexistent.sock', PATH: '/nowhere' });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^local +absent$/m);
  expect(stdout).toMatch(/^container +unknown +No Docker engine answers/m);
  expect(stdout).toMatch(/^cloudrun +unknown +gcloud is not installed/m);
});

it('an engine that is there, and cannot say: 1, and the table', async () => {
  const engine = createServer(({ url = '' }, response) => {
    response.setHeader('api-version', '1.41');
    if (url.endsWith('/_ping')) response.end('OK');
    else response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"disk trouble"}');
  });
  const port = await listening(engine);
  const { exitCode, stdout, stderr } = await status({
    DOCKER_HOST: `tcp://127.0.0.1:${String(port)}`,
    PATH: '/nowhere',
  });
  expect(stdout).toMatch(/^local +absent$/m);
  expect(stdout).toMatch(/^container +unknown +.*disk trouble$/m);
  expect(stderr).toMatch(/^Error: .*disk trouble/);
  expect(exitCode).toBe(1);
});
