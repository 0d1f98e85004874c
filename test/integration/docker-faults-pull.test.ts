/** An image that cannot be had: a pull that fails is a failure, although the engine says 200 before it begins. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { cli } from '../support/cli.ts';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing, startEngine } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { ballast, startRegistry, type Registry, type RegistryFault } from '../fakes/registry.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { startAtTerminal, terminalMissing } from '../support/terminal.ts';

const MB = 1_000_000;
const PATIENCE = { timeout: 300_000, interval: 20 };

let sandbox: Sandbox;
let registry: Registry;
let image = '';

const up = (...more: readonly string[]): readonly string[] => [
  'stack',
  'up',
  '--image',
  image,
  '--port',
  'auto',
  ...more,
];

interface Refused {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

describe.skipIf(ownEngineMissing !== undefined)(`pulls and their faults${skipped(ownEngineMissing)}`, () => {
  beforeAll(async () => {
    sandbox = await openSandbox();
    registry = await startRegistry(await ballast(2, MB));
    image = `${registry.host}/any/name:tag`;
  });
  afterEach(() => sandbox.clear());
  afterAll(async () => {
    await registry.stop();
    await sandbox.close();
  });

  test.each<[string, RegistryFault, string]>([
    ['of an image that is not there', 'unknown', 'manifest unknown'],
    ['that is denied', 'denied', 'denied'],
    ['that needs a login', 'unauthorized', 'no basic auth credentials'],
    ['beyond the limit of the registry', 'too-many-requests', 'You have reached your unauthenticated pull rate limit'],
    ['of which a layer is missing', 'lost-layer', 'unknown blob'],
    ['that breaks off midway', { cutAfter: MB / 2 }, 'EOF'],
  ])('a pull %s: 1, with the registry’s words', async (_what, fault, words) => {
    registry.behave({ fault });
    const { exitCode, stdout } = await sandbox.run(up('--json'));
    expect(exitCode).toBe(1);
    const { code, message, hint } = (JSON.parse(stdout) as Refused).error;
    expect({ code, hint }).toEqual({
      code: 'system_failed',
      hint: `Pull it by hand (after docker login, where the registry wants one), then go on: docker pull ${image}`,
    });
    expect(message).toMatch(new RegExp(`^Could not pull ${image}: (?!\\(HTTP).*${words}`));
    expect(await sandbox.things()).toEqual([]);
  });

  test('nobody there to pull from: 1; once the image is there, the same command works', async () => {
    const gone = await startRegistry(await ballast(1, 1));
    await gone.stop();
    image = `${gone.host}/redis:8`;
    const { exitCode, stdout, stderr } = await sandbox.run(up());
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`✗ pull ${image}: .*connection refused\n`));
    expect(stderr).toMatch(new RegExp(`Error: Could not pull ${image}: .*connection refused\n→ Pull it by hand`));
    await sandbox.docker('tag', 'redis:8', image);
    expect(await sandbox.run(up('--json'))).toMatchObject({ exitCode: 0 });
    image = `${registry.host}/any/name:tag`;
  });

  test('Ctrl-C in a pull ends it at once, in the engine too', async () => {
    registry.behave({ dripAfter: MB / 2 }); // by itself it never ends
    const before = registry.requests.length;
    const child = sandbox.start(up());
    await vi.waitUntil(() => registry.requests.slice(before).some((request) => request.includes('/blobs/')), PATIENCE);
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(130);
    expect(stderr).toBe(
      `! stopping; once more to stop without cleaning up\n✗ pull ${image}\nError: Interrupted. Nothing was made.\n`,
    );
    expect(await sandbox.things()).toEqual([]);
    await expect.poll(registry.sending).toBe(0);
    await expect(sandbox.docker('image', 'inspect', image)).rejects.toThrow('No such image');
  });

  test.skipIf(terminalMissing !== '')(
    `a terminal shows layers and megabytes as they come, and its Ctrl-C works${terminalMissing}`,
    async () => {
      registry.behave({ bytesPerSecond: MB / 8, dripAfter: 0.65 * MB });
      const terminal = startAtTerminal(up(), sandbox);
      let screen = '';
      terminal.stdout.on('data', (text) => (screen += String(text)));
      // Which of the two is ahead is up to the network.
      await vi.waitUntil(() => /[01] of 2 layers, 1 of 2 MB/.test(screen), PATIENCE);
      terminal.stdin.write('\x03');
      expect((await terminal).exitCode).toBe(130);
      expect(screen).toContain('\x1b[');
      expect(screen).toContain('Interrupted. Nothing was made.');
    },
  );

  test('an engine that goes away in a pull: 3', async () => {
    const proxy = await startEngineProxy(sandbox.engine.host, (request, response) => {
      if (!request.startsWith('POST /images/create')) return false;
      response.write('{"status":"Pulling from any/name","id":"tag"}\n', () => response.destroy());
      return true;
    });
    onTestFinished(proxy.close);
    const { exitCode, stderr } = await sandbox.run(up(), { DOCKER_HOST: proxy.host });
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `No Docker engine answers at ${proxy.host} (from DOCKER_HOST): the connection was closed (ECONNRESET).`,
    );
  });

  test('a stream that is no JSON: 1, with what it says', async () => {
    const proxy = await startEngineProxy(sandbox.engine.host, (request, response) => {
      if (request.startsWith('POST /images/create')) response.end('<html>proxy error</html>\n');
      return request.startsWith('POST /images/create');
    });
    onTestFinished(proxy.close);
    const { exitCode, stderr } = await sandbox.run(up(), { DOCKER_HOST: proxy.host });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the engine says: <html>proxy error</html>');
  });

  // `error` is deprecated and can be left empty or out: moby/moby, api/docs/CHANGELOG.md, v1.48.
  test.each([
    ['only as errorDetail', '{"errorDetail":{"message":"manifest unknown"}}', 'manifest unknown'],
    ['as nothing', '{"status":"Pulling"}', 'the engine reported no error, but the image is not there'],
  ])('a pull or a build whose failure the engine reports %s: 1', async (_how, line, reason) => {
    const works = /^POST \/(?:images\/create|build)/;
    const proxy = await startEngineProxy(sandbox.engine.host, (request, response) => {
      if (works.test(request)) response.end(`${line}\n`);
      return works.test(request);
    });
    onTestFinished(proxy.close);
    for (const command of [up(), ['image', 'build']]) {
      const { exitCode, stderr } = await sandbox.run(command, { DOCKER_HOST: proxy.host });
      expect(exitCode).toBe(1);
      expect(stderr).toContain(reason);
    }
  });

  test('an engine without space: 1, and that it is that', async () => {
    registry.behave({});
    const large = await startRegistry(await ballast(2, 5 * MB));
    const small = await startEngine({ spaceMb: 8 });
    const home = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
    onTestFinished(async () => {
      await Promise.all([large.stop(), small.stop()]);
      await rm(home, { recursive: true, force: true });
    });
    const { exitCode, stderr } = await cli(['stack', 'up', '--image', `${large.host}/x:y`, '--port', 'auto'], {
      env: { ...small.env, REDISDEMO_HOME: home },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /Error: Could not pull \S+: .*no space left on device\n→ Make room: `docker system df` shows what takes it/,
    );
  });
});
