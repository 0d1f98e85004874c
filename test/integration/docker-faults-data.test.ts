/** Data that Redis cannot load, logs that cannot be read, and an image that does not work: the cause and the ways out. */
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

const UP = ['stack', 'up', '--image', 'redis:8', '--port', 'auto'];
const BASE = '/data/appendonlydir/appendonly.aof.1.base.rdb';
const INCREMENT = '/data/appendonlydir/appendonly.aof.1.incr.aof';

describe.skipIf(ownEngineMissing !== undefined)(`data, logs and images${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let redisdemo: Commands['redisdemo'];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ redisdemo } = commandsIn(sandbox));
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  /** Runs a line in a shell with the data of the stack. */
  const withData = (script: string): Promise<string> =>
    sandbox.docker(
      'run',
      '--rm',
      '--volume',
      'redisdemo-stack-data:/data',
      '--entrypoint',
      'sh',
      'redis:8',
      '-c',
      script,
    );

  test.each([
    {
      what: 'a newer Redis wrote',
      script: `printf REDIS0099 >${BASE}`,
      cause: 'The data in the volume redisdemo-stack-data were written by a newer Redis',
      way: 'redisdemo stack up',
    },
    {
      what: 'are damaged',
      script: `printf 'no command\\r\\n' >>${INCREMENT}`,
      cause: 'The append-only file in the volume redisdemo-stack-data is damaged.',
      way: '--entrypoint redis-check-aof redis:8 --fix /data/appendonlydir/appendonly.aof.manifest',
    },
  ])(
    'data that $what: the cause, the log, and the ways out; without the data it works',
    async ({ script, cause, way }) => {
      await redisdemo(UP);
      await redisdemo(['stack', 'down']);
      await withData(script);
      const { exitCode, stderr } = await sandbox.run(UP);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(cause);
      expect(stderr).toContain('Its last lines:');
      const hint = stderr.slice(stderr.indexOf('→'));
      expect(hint).toContain(way);
      expect(hint).toContain('Or delete the data: redisdemo stack down --volumes');
      await redisdemo(['stack', 'down', '--volumes', '--yes']);
      await redisdemo(UP);
    },
  );

  test('an engine that keeps no logs: no empty frame, and logs says why there are none', async () => {
    // moby: daemon/logger/logger.go, ErrReadLogsNotSupported, answered with 501.
    const proxy = await startEngineProxy(sandbox.engine.host, (request, response) => {
      if (!request.includes('/logs?')) return false;
      response.writeHead(501).end('{"message":"configured logging driver does not support reading"}');
      return true;
    });
    onTestFinished(proxy.close);
    const env = { DOCKER_HOST: proxy.host };
    const up = await sandbox.run(['stack', 'up', '--image', 'redisdemo-test/crash:8', '--port', 'auto'], env);
    expect(up.exitCode).toBe(1);
    expect(up.stderr).toContain(
      'has ended with exit code 1. Its log cannot be read: configured logging driver does not support reading',
    );
    expect(up.stderr).not.toContain('last lines');
    const logs = await sandbox.run(['stack', 'logs'], env);
    expect(logs.exitCode).toBe(1);
    expect(logs.stderr).toContain('docker info --format');
  });

  test('an image with the right label and a content that does not work: the hint builds it again', async () => {
    const { image } = (
      JSON.parse((await redisdemo(['image', 'build', '--json'])).stdout) as { data: { image: string } }
    ).data;
    const label = await sandbox.docker('inspect', '--format', '{{index .Config.Labels "redisdemo.digest"}}', image);
    await sandbox.docker('create', '--name', 'broken', image);
    const changes = [`LABEL redisdemo.digest=${label}`, 'ENTRYPOINT ["node", "/no/such/file"]'];
    await sandbox.docker('commit', ...changes.flatMap((change) => ['--change', change]), 'broken', image);
    await sandbox.docker('rm', 'broken');
    await sandbox.docker('create', '--name', 'user', image);
    const deploy = ['deploy', 'container', '--db', 'memory', '--port', String(await freePort())];
    const { exitCode, stderr } = await sandbox.run(deploy);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('to build it: redisdemo destroy container');
    const [, list = ''] = /To find that one: docker (.*)/.exec(stderr) ?? [];
    await redisdemo(['destroy', 'container']);
    expect(await sandbox.docker(...list.split(' '), '--format', '{{.Names}}')).toBe('user');
    await sandbox.docker('rm', 'user');
    await redisdemo(['destroy', 'container']);
    await redisdemo(deploy);
  });

  test('Redis Stack names its maintained successor, in up and in status, and Redis 8 does not', async () => {
    const note = 'Its maintained successor is Redis 8: --image redis:8';
    const up = await redisdemo(['stack', 'up', '--port', 'auto', '--insight-port', 'auto']);
    expect(up.stderr).toContain(note);
    expect((await redisdemo(['status'])).stdout).toContain(note);
    expect((await redisdemo(['stack', 'status'])).stdout).toContain(note);
    await redisdemo(['stack', 'down']);
    expect((await redisdemo(UP)).stderr).not.toContain(note);
    expect((await redisdemo(['status'])).stdout).not.toContain(note);
  });
});
