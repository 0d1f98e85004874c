/** The README's first half on a real Podman, as a user of its Docker socket goes through it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli, type CliRun } from '../support/cli.ts';
import { commandsIn } from '../support/commands.ts';
import { docker, skipped } from '../support/docker.ts';
import { askEngine } from '../support/engine-api.ts';
import { filesIn } from '../support/docker-state.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { loadImages } from '../fakes/images.ts';
import { podmanMissing, startPodman, type Podman } from '../fakes/podman.ts';
import { freePort } from '../fakes/redis-server.ts';

const NEEDED = ['redis/redis-stack:latest', 'node:24-slim'];

describe.skipIf(podmanMissing !== undefined)(`Podman${skipped(podmanMissing)}`, () => {
  let podman: Podman;
  let folder: string;
  let run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliRun>;
  beforeAll(async () => {
    podman = await startPodman();
    await loadImages(podman, (name) => NEEDED.includes(name));
    folder = await mkdtemp(join(tmpdir(), 'redisdemo-test-'));
    run = (args, env) =>
      cli(args, { env: { ...podman.env, REDISDEMO_HOME: join(folder, 'home'), ...env }, cwd: folder });
  });
  afterAll(async () => {
    await podman.stop();
    await rm(folder, { recursive: true });
  });

  it('runs the stack with a password and the service beside it, finds both again, and removes everything', async () => {
    const { ask, redisdemo } = commandsIn({ run: (...args) => run(...args) });
    const port = await freePort();
    const stack = ['stack', 'up', '--password', '--port', 'auto', '--insight-port', 'auto'];
    await redisdemo(stack);
    expect(await ask(stack)).toMatchObject({ created: [] });
    for (const volume of ['redisdemo-stack-data', 'redisdemo-stack-secrets']) {
      const { Labels } = await askEngine<{ Labels: object }>(podman.host, `/volumes/${volume}`);
      expect(Labels).toMatchObject({ redisdemo: 'stack' });
    }
    const service = ['up', '--db', 'stack', '--on', 'container', '--port', String(port)];
    expect(await ask(service)).toMatchObject({ passed: true });
    expect(await ask(['smoke', '--url', `http://127.0.0.1:${String(port)}`])).toMatchObject({ passed: true });
    expect(await ask(['status'])).toMatchObject({
      stages: expect.arrayContaining([
        expect.objectContaining({ name: 'stack', state: 'ready' }),
        expect.objectContaining({ name: 'container', state: 'ready' }),
      ]) as unknown,
    });

    const taken = await run(['stack', 'up', '--port', String(port), '--insight-port', 'auto', '--json']);
    expect(taken.exitCode).toBe(5);
    const other = await run(['insight', 'up', '--accept-terms', '--port', String(port)]);
    expect(other.stderr).toContain(`Port ${String(port)} is taken by the container redisdemo-service`);

    await redisdemo(['destroy', 'container']);
    const { output: images } = await docker(['images', '--format', '{{.Repository}}'], podman.env);
    expect(images).not.toContain('redisdemo/service');
    await redisdemo(['down', '--volumes', '--yes']);
    const { output: left } = await docker(['volume', 'ls', '--quiet'], podman.env);
    expect(left).toBe('');
    expect(await filesIn(join(folder, 'home'))).toEqual([]);
  });

  it('walks the tour of the stack', async () => {
    const { stdout } = await run(['tour', '--json']);
    const { rungs } = (JSON.parse(stdout) as { data: { rungs: readonly { rung: string; outcome: string }[] } }).data;
    const walked = rungs.filter(({ rung }) => rung.startsWith('stack'));
    expect(walked).toMatchObject([
      { outcome: 'passed', leftBehind: [] },
      { outcome: 'passed', leftBehind: [] },
    ]);
  });

  it('is not asked for its version, which takes it three seconds', async () => {
    const proxy = await startEngineProxy(podman.host, () => false);
    onTestFinished(proxy.close);
    await run(['status'], { DOCKER_HOST: proxy.host });
    expect(proxy.requests).toContain('GET /_ping');
    expect(proxy.requests).not.toContain('GET /version');
  });
});
