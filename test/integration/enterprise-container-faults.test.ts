/** What goes wrong with Redis Enterprise in containers of ours, on a real engine: each is said, and the next run works. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { rename, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { skipped } from '../support/docker.ts';
import { enterpriseImage } from '../support/enterprise-image.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import type { Behaviour } from '../fakes/enterprise/options.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';
import { engineWithMemory } from '../support/engine-with-memory.ts';

const ports = await enterprisePorts();
const UP = ['enterprise', 'up', ...ports.options];
const QUICK = { start: 60, bootstrap: 60, swap: 80, settle: 0, database: 30, change: 30 };
const GIGABYTE = 1e9;
/** For what never changes: time for a container to start and to be asked, however slow that is. */
const LIMIT = ['--timeout', '15s'];

interface Outcome {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

describe.skipIf(ownEngineMissing !== undefined)(`containers of Enterprise${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox();
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
    const { exitCode, stdout, stderr } = await sandbox.run([...args, '--json'], env);
    return { exitCode, stderr, ...(JSON.parse(stdout) as object) };
  };
  const upWith = async (behaviour: Behaviour, ...more: readonly string[]): Promise<Outcome> => {
    const image = await enterpriseImage({ delays: QUICK, ...behaviour }, sandbox.engine.env);
    return run([...UP, '--image', image, ...more]);
  };

  test('an engine with less than 4 GB: 3, and nothing was created', async () => {
    const engine = await engineWithMemory(sandbox, 2 * GIGABYTE);
    onTestFinished(engine.close);
    expect(await run(UP, { DOCKER_HOST: engine.host })).toMatchObject({
      exitCode: 3,
      error: {
        code: 'not_enough_memory',
        message: expect.stringContaining('2.0 GB of memory; 1 node(s) of Redis Enterprise need 4 GB') as string,
        hint: expect.stringContaining('Give Docker more memory') as string,
      },
    });
    expect(await sandbox.things()).toEqual([]);
    expect(engine.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
  });

  test.each([ports.port, ports.apiPort, ports.uiPort])(
    'port %d is taken: 5, by whom, and nothing was created',
    async (port) => {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      expect(await run(UP)).toMatchObject({
        exitCode: 5,
        error: {
          code: 'port_taken',
          message: `Port ${String(port)} is taken by node (pid ${String(process.pid)}). Nothing was created.`,
          hint: expect.stringContaining('--port auto --api-port auto --ui-port auto') as string,
        },
      });
      expect(await sandbox.things()).toEqual([]);
    },
  );

  test('an image for another architecture is named before it starts, with tags that fit', async () => {
    const outcome = await run([...UP, '--image', 'redisdemo-test/other-architecture', '--timeout', '1s']);
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stderr).toMatch(
      /redisdemo-test\/other-architecture is for \w+, this engine is \w+: its modules crash when they are emulated\. .*redislabs\/redis:8/,
    );
    const [said, started] = ['its modules crash', '✓ start container'].map((words) => outcome.stderr.indexOf(words));
    expect(said).toBeLessThan(started ?? 0);
  });

  test.each<[string, Behaviour, number, string]>([
    ['9443 answers HTML only', { troubles: { start: 'html' } }, 6, '502 Bad Gateway'],
    ['the database is not reached', { troubles: { database: 'unreachable' } }, 6, 'does not reach it at 127.0.0.1'],
  ])('%s: it is said, status shows it, down takes it away', async (_title, behaviour, exitCode, words) => {
    const outcome = await upWith(behaviour, ...LIMIT);
    expect(outcome).toMatchObject({ exitCode, error: { message: expect.stringContaining(words) as string } });
    expect(outcome.error?.hint).toContain('redisdemo enterprise down');
    const { data } = await run(['enterprise', 'status']);
    expect(data?.['state']).toBe(words.includes('reach') ? 'ready' : 'partial');
    await run(['enterprise', 'down', '--yes']);
    expect(await sandbox.things()).toEqual([]);
  });

  test('9443 never answers: 6', async () => {
    const outcome = await upWith({ troubles: { start: 'silent' } }, ...LIMIT);
    expect(outcome).toMatchObject({
      exitCode: 6,
      // What is heard while the container starts is up to Docker's proxy.
      error: { code: 'timeout', message: expect.stringContaining('for an answer before "create cluster') as string },
    });
  });

  test('the container ends during the bootstrap: 1 at once, with its last lines; the same command goes on', async () => {
    const outcome = await upWith({ troubles: { bootstrap: 'dies' } });
    expect(outcome).toMatchObject({
      exitCode: 1,
      error: {
        message: expect.stringMatching(
          /redisdemo-enterprise-1 has ended with exit code 1\.\s+Its last lines:\n.*RUNNING/s,
        ) as string,
      },
    });
    expect((await upWith({ troubles: { bootstrap: 'dies' } })).error?.message).toContain('has ended');
  });

  test('the bootstrap fails, and the same command begins it again', async () => {
    const trouble: Behaviour = { troubles: { bootstrap: { errorCode: 'insufficient_node_memory', times: 1 } } };
    expect(await upWith(trouble)).toMatchObject({
      exitCode: 1,
      error: {
        message: expect.stringContaining('insufficient_node_memory') as string,
        hint: expect.stringContaining('Give Docker more memory') as string,
      },
    });
    const again = await upWith(trouble);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('the last bootstrap failed (insufficient_node_memory');
  });

  test('another certificate is served than the one in the container: 4', async () => {
    expect(await upWith({ troubles: { certificate: 'other' } })).toMatchObject({
      exitCode: 4,
      error: { code: 'not_trusted' },
    });
  });

  test('clocks that differ when a node joins: 1, and what helps; the same command goes on', async () => {
    const engine = await engineWithMemory(sandbox, 64 * GIGABYTE);
    onTestFinished(engine.close);
    const bootstrap = { errorCode: 'time_not_sync', action: 'join_cluster', times: 1 } as const;
    const image = await enterpriseImage({ delays: QUICK, troubles: { bootstrap } }, sandbox.engine.env);
    const up = [...UP, '--image', image, '--nodes', '2'];
    expect(await run(up, { DOCKER_HOST: engine.host })).toMatchObject({
      exitCode: 1,
      error: {
        message: expect.stringContaining('It could not join the cluster: time_not_sync') as string,
        hint: expect.stringContaining('The clocks of the nodes differ') as string,
      },
    });
    expect(await run(up, { DOCKER_HOST: engine.host })).toMatchObject({ exitCode: 0 });
  });

  test('a home that was lost: the cluster in our container is nobody’s any more: 5, and down takes it away', async () => {
    expect((await upWith({})).exitCode).toBe(0);
    await rename(sandbox.home, `${sandbox.home}.lost`);
    onTestFinished(() => rm(`${sandbox.home}.lost`, { recursive: true }));
    expect(await upWith({})).toMatchObject({
      exitCode: 5,
      error: { code: 'password_differs', hint: expect.stringContaining('redisdemo enterprise down') as string },
    });
    await run(['enterprise', 'down', '--yes']);
    expect((await upWith({})).exitCode).toBe(0);
  });
});
