/** The Docker engine of the tests, and the registry that it pulls from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { docker, engineMissing, removeContainers, runContainer, skipped, until } from '../support/docker.ts';
import { ownEngineMissing as ownMissing, startEngine } from '../fakes/docker-engine.ts';
import { ballast, startRegistry, type RegistryFault } from '../fakes/registry.ts';

const MB = 1_000_000;
const DOCKERFILE = `FROM node:24-slim
COPY page.txt /page.txt
RUN echo more >> /page.txt
USER node
CMD ["node", "-e", "require('http').createServer((_, page) => page.end(fs.readFileSync('/page.txt'))).listen(80)"]
`;

describe.skipIf(engineMissing !== '')(`the Docker engine of the tests${engineMissing}`, () => {
  afterEach(removeContainers);

  test('containers find each other by name on a network', async () => {
    const network = `test-${String(process.pid)}`;
    await docker(['network', 'create', network]);
    const redis = await runContainer('--network', network, 'redis:8');
    const untilPong = `until [ "$(redis-cli -h ${redis} ping)" = PONG ]; do sleep 0.1; done; echo found`;
    const { output } = await docker(['run', '--rm', '--network', network, 'redis:8', 'sh', '-c', untilPong]);
    expect(output.split('\n').at(-1)).toBe('found');
    await removeContainers();
    expect((await docker(['network', 'rm', network])).code).toBe(0);
  });

  test('a container that asks for SYS_RESOURCE starts, and so does a process in it', async () => {
    const name = await runContainer('--cap-add', 'SYS_RESOURCE', 'redis:8');
    expect((await docker(['exec', name, 'id', '-u'])).output).toBe('0');
  });

  test('docker stop ends a Redis by SIGTERM, not by the SIGKILL that follows', async () => {
    const name = await runContainer('redis:8');
    // Before that, SIGTERM meets a process that does not know it yet.
    await until(async () => {
      expect((await docker(['logs', name])).output).toContain('Ready to accept connections');
    });
    await docker(['stop', '--time', '600', name]);
    expect((await docker(['inspect', '--format', '{{.State.ExitCode}}', name])).output).toBe('0');
  });

  test('docker build builds on node:24-slim', async () => {
    const context = await mkdtemp(join(tmpdir(), 'redisdemo-build-'));
    await writeFile(join(context, 'Dockerfile'), DOCKERFILE);
    await writeFile(join(context, 'page.txt'), 'page\n');
    expect((await docker(['build', '--tag', 'redisdemo-test/built', context])).code).toBe(0);
    expect((await docker(['run', '--rm', 'redisdemo-test/built', 'cat', '/page.txt'])).output).toBe('page\nmore');
    await docker(['image', 'rm', 'redisdemo-test/built']);
    await rm(context, { recursive: true });
  });

  test('pulls all layers of an image', async () => {
    const registry = await startRegistry(await ballast(3, MB));
    const { code, output } = await docker(['pull', `${registry.host}/any/name:tag`]);
    expect(output).toContain('Status: Downloaded newer image');
    expect(output.match(/Pull complete/g)).toHaveLength(3);
    expect(code).toBe(0);
    await docker(['image', 'rm', `${registry.host}/any/name:tag`]);
    await registry.stop();
  });

  test.each<[RegistryFault, string]>([
    [{ cutAfter: MB / 2 }, 'EOF'],
    ['unknown', 'manifest unknown'],
    ['lost-layer', 'unknown blob'],
    ['denied', 'denied'],
    ['unauthorized', 'no basic auth credentials'],
    ['too-many-requests', 'You have reached your unauthenticated pull rate limit'],
  ])('a pull fails: %j', async (fault, expected) => {
    const registry = await startRegistry(await ballast(2, MB), { fault });
    const { code, output } = await docker(['pull', `${registry.host}/any/name:tag`]);
    expect(output).toContain(expected);
    expect(code).toBe(1);
    await registry.stop();
  });
});

describe.skipIf(ownMissing !== undefined)(`an engine of a test's own${skipped(ownMissing)}`, () => {
  test('is killed, and comes back with its data', async () => {
    const engine = await startEngine();
    try {
      await docker(['volume', 'create', 'kept'], engine.env);
      await engine.kill();
      expect((await docker(['ps'], engine.env)).output).toContain('Cannot connect to the Docker daemon');
      await engine.restart();
      expect((await docker(['volume', 'ls', '--quiet'], engine.env)).output).toBe('kept');
    } finally {
      await engine.stop();
    }
  });

  test('runs out of space in a pull', async () => {
    const engine = await startEngine({ spaceMb: 8 });
    const registry = await startRegistry(await ballast(2, 5 * MB));
    try {
      const { code, output } = await docker(['pull', `${registry.host}/any/name:tag`], engine.env);
      expect(output).toContain('no space left on device');
      expect(code).toBe(1);
    } finally {
      await registry.stop();
      await engine.stop();
    }
  });
});
