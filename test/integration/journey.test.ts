/** Up, second up, status, env, image, container, smoke, down, as a user goes through it with the built CLI. */
import { execa } from 'execa';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BIN } from '../support/cli.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { skipped } from '../support/docker.ts';
import { everythingIn } from '../support/docker-state.ts';
import { ownEngineMissing } from '../fakes/docker-engine.ts';
import { startEngineProxy } from '../fakes/engine-proxy.ts';
import { freePort } from '../fakes/redis-server.ts';
import { openSandbox, type Sandbox } from '../support/sandbox.ts';

/** A second up asks the engine so often at most: each thing once, and what the container is ready for. */
const MOST_QUESTIONS = 12;

/** Whose the things in Docker are, and that there are data. */
const NOTES = ['home 700 .', 'home 700 records', 'home 600 records/id', 'home 600 records/stack-data.json'];

const JOURNEYS = [
  { image: 'redis/redis-stack', up: ['--password'], insight: true },
  { image: 'redis:8', up: [], insight: false },
];

describe.skipIf(ownEngineMissing !== undefined)(`a journey${skipped(ownEngineMissing)}`, () => {
  let sandbox: Sandbox;
  let ask: Commands['ask'];
  let before: readonly string[];
  beforeAll(async () => {
    sandbox = await openSandbox();
    ({ ask } = commandsIn(sandbox));
    before = await everythingIn(sandbox);
  });
  afterAll(() => sandbox.close());

  describe.each(JOURNEYS)('with $image $up', ({ image, up, insight }) => {
    const stackUp = ['stack', 'up', '--image', image, '--port', 'auto', '--insight-port', 'auto', ...up];
    let port: number;
    let servicePort: number;
    let localPort: number;
    let insightUp: readonly string[];

    /** What is there that was not there before, without the ids. */
    const made = async (): Promise<readonly string[]> =>
      (await everythingIn(sandbox))
        .filter((thing) => !before.includes(thing))
        .map((thing) => thing.replace(/ (?:sha256:)?[0-9a-f]{64}$/, ''));

    const withRedis = async <T>(use: (redis: Redis) => Promise<T>): Promise<T> => {
      const { REDISPASS } = (await ask(['env', '--reveal']))['variables'] as { REDISPASS?: string };
      const redis = new Redis({ port, host: '127.0.0.1', ...(REDISPASS !== undefined && { password: REDISPASS }) });
      try {
        return await use(redis);
      } finally {
        redis.disconnect();
      }
    };

    it('insight up knows no database while none runs, and then leaves nothing of it behind', async () => {
      insightUp = ['insight', 'up', '--port', String(await freePort())];
      expect(await ask([...insightUp, '--accept-terms'])).toMatchObject({ databases: [] });
      await ask(['insight', 'down']);
      expect(await made()).toEqual([]);
      await ask([...insightUp, '--accept-terms']);
    });

    it('stack up makes a network, volumes and a container, and Redis answers with its modules', async () => {
      const data = await ask(stackUp);
      port = data['port'] as number;
      expect(data).toMatchObject({ host: '127.0.0.1', password: up.length > 0, warning: null });
      expect(data['created']).toContain('start container redisdemo-stack');
      const secret = ['home 700 secrets', 'home 600 secrets/stack-password'];
      expect(await made()).toEqual([
        'container redisdemo-insight',
        'container redisdemo-stack',
        'network redisdemo',
        'volume redisdemo-insight-secrets',
        'volume redisdemo-stack-data',
        ...(up.length > 0 ? ['volume redisdemo-stack-secrets'] : []),
        ...NOTES,
        ...(up.length > 0 ? secret : []),
      ]);
    });

    it('the same again creates nothing, asks a few questions, and waits for nothing', async () => {
      const there = await everythingIn(sandbox);
      const proxy = await startEngineProxy(sandbox.engine.host, () => false);
      onTestFinished(proxy.close);
      expect(await ask(stackUp, { DOCKER_HOST: proxy.host })).toMatchObject({ port, created: [] });
      expect(proxy.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
      expect(proxy.requests.length).toBeLessThanOrEqual(MOST_QUESTIONS);
      expect(await everythingIn(sandbox)).toEqual(there);
    });

    it('stack status says that it is ready, where, and where its RedisInsight is', async () => {
      const status = await ask(['stack', 'status']);
      expect(status).toMatchObject({ state: 'ready', image, port });
      if (!insight) expect(status['insight']).toBeNull();
      else expect((await fetch(status['insight'] as string)).status).toBe(200);
    });

    it('eval "$(redisdemo env --reveal)" is all that a shell needs to connect', async () => {
      const script = `eval "$("$0" "$1" env --reveal)" && redis-cli -h "$REDISHOST" -p "$REDISPORT" --no-auth-warning ${
        up.length > 0 ? '-a "$REDISPASS"' : ''
      } ping`;
      const { stdout } = await execa('sh', ['-c', script, process.execPath, BIN], { env: sandbox.env });
      expect(stdout).toBe('PONG');
    });

    it('image build builds, and not twice', async () => {
      const { image: name, created } = await ask(['image', 'build']);
      expect(created).toEqual([`build image ${String(name)}`]);
      expect(await ask(['image', 'build'])).toEqual({ image: name, created: [] });
    });

    it('up --on container runs the service beside its database, where the smoke test finds it', async () => {
      servicePort = await freePort();
      const run = ['up', '--db', 'stack', '--on', 'container', '--port', String(servicePort)];
      expect(await ask(run)).toMatchObject({ passed: true });
      const there = await everythingIn(sandbox);
      expect(await ask(run)).toMatchObject({ passed: true });
      expect(await everythingIn(sandbox)).toEqual(there);
      const url = `http://127.0.0.1:${String(servicePort)}`;
      expect(await ask(['smoke', '--url', url])).toMatchObject({ url, passed: true });
      expect(await withRedis((redis) => redis.exists('user:1'))).toBe(1);
    });

    it('deploy local runs it in the background, and is found again', async () => {
      localPort = await freePort();
      const run = ['deploy', 'local', '--db', 'stack', '--port', String(localPort)];
      expect(await ask(run)).toMatchObject({ passed: true });
      const { instance } = await health(localPort);
      expect(await ask(run)).toMatchObject({ passed: true });
      expect(await health(localPort)).toMatchObject({ status: 'ok', store: 'redis', instance });
      const listening = { log: expect.stringContaining('listening on ') as string };
      expect(await ask(['deploy', 'logs', 'local', '--lines', '1000'])).toMatchObject(listening);
      expect(await ask(['deploy', 'logs', 'container', '--lines', '1000'])).toMatchObject(listening);
    });

    it('insight up, again, knows the database that runs now, and its terms are accepted already', async () => {
      const { url } = await ask(insightUp);
      const databases = await fetch(`${String(url)}/api/databases`);
      expect(await databases.json()).toMatchObject([{ host: 'redisdemo-stack', port: 6379, name: 'redisdemo stack' }]);
      expect(await ask(insightUp)).toMatchObject({ databases: ['redisdemo stack'], created: [] });
    });

    const states = async (): Promise<Readonly<Record<string, string>>> => {
      const { stages } = (await ask(['status'])) as { stages: readonly { name: string; state: string }[] };
      return Object.fromEntries(stages.map(({ name, state }) => [name, state]));
    };

    it('status finds every stage ready', async () => {
      const ready = { stack: 'ready', insight: 'ready', container: 'ready', local: 'ready' };
      expect(await states()).toEqual({ ...ready, enterprise: 'absent', cloudrun: 'absent' });
    });

    it('data outlives the container', async () => {
      await withRedis((redis) => redis.call('JSON.SET', 'kept', '$', '{"a":1}'));
      const { removed, kept } = await ask(['stack', 'down']);
      expect(removed).toContain('container redisdemo-stack');
      expect(kept).toEqual(['volume redisdemo-stack-data']);
      await ask(stackUp.map((word, at) => (stackUp[at - 1] === '--port' ? String(port) : word)));
      expect(await withRedis((redis) => redis.call('JSON.GET', 'kept'))).toBe('{"a":1}');
    });

    it('down takes everything away but the data', async () => {
      expect(await ask(['down'])).toMatchObject({ kept: ['volume redisdemo-stack-data'] });
      expect(await made()).toEqual(['volume redisdemo-stack-data', ...NOTES]);
      await expect(health(localPort)).rejects.toThrow('fetch failed');
      expect(new Set(Object.values(await states()))).toEqual(new Set(['absent']));
    });

    it('down --volumes takes the data away too, and then there is nothing', async () => {
      expect(await ask(['down', '--volumes', '--yes'])).toEqual({
        removed: ['volume redisdemo-stack-data'],
        kept: [],
      });
      expect(await everythingIn(sandbox)).toEqual(before);
      expect(await ask(['down', '--volumes', '--yes'])).toEqual({ removed: [], kept: [] });
    });
  });
});

async function health(port: number): Promise<{ readonly instance?: string }> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health`);
  return (await answer.json()) as { instance?: string };
}
