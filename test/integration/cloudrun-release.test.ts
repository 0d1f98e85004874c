/** What a release does to those who use the service meanwhile: nothing. And the ways back, and who may call it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, REGION, SERVICE, type Cloud } from '../support/cloud.ts';
import { IMAGE, pushService } from '../support/cloud-image.ts';
import { changesIn } from '../support/cloud-state.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { answerWrongly, crashAtStart } from '../fakes/google/tamper.ts';
import { freePort } from '../fakes/redis-server.ts';

const DEPLOY = ['deploy', 'cloudrun', '--image', IMAGE];
const EVERY_MS = 40;
/** Where no Redis listens. */
const CLOSED = String(await freePort());

describe.skipIf(cloudMissing !== '')(`a release on Cloud Run${cloudMissing}`, () => {
  let cloud: Cloud;
  let redisdemo: Commands['redisdemo'];
  let ask: Commands['ask'];
  beforeAll(async () => {
    cloud = await openCloud();
    ({ redisdemo, ask } = commandsIn(cloud));
    await pushService(cloud.google);
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  afterEach(() => {
    cloud.google.project.tamper = undefined;
  });

  const serving = () =>
    cloud.google
      .services()[0]
      ?.routed.filter(({ percent }) => percent > 0)
      .map(({ revision, percent }) => `${revision.name} ${String(percent)}`);
  const tags = () =>
    cloud.google
      .services()[0]
      ?.routed.flatMap(({ tag, revision }) => (tag === undefined ? [] : [[tag, revision.name]]));

  /** All that the live URL gave while the work went on. */
  async function meanwhile(work: () => Promise<unknown>): Promise<ReadonlySet<string>> {
    const answers = new Set<string>();
    const over = new AbortController();
    const askOn = async (): Promise<void> => {
      while (!over.signal.aborted) {
        answers.add(await cloud.live());
        await pause(EVERY_MS);
      }
    };
    const asking = askOn();
    await work();
    over.abort();
    await asking;
    return answers;
  }

  const user = () => new Set([expect.stringContaining('Paul John') as string]);

  it('the first one serves', async () => {
    expect(await ask(DEPLOY)).toMatchObject({ upToDate: false, smoke: { passed: true } });
    expect(cloud.google.builds).toEqual([]);
  });

  it.each([
    [
      'answers wrongly',
      'The smoke test failed at https://candidate---',
      () => (cloud.google.project.tamper = answerWrongly),
      {},
    ],
    ['crashes', 'The container ended while it started.', () => (cloud.google.project.tamper = crashAtStart), {}],
    ['cannot reach Redis', 'The service cannot reach its Redis.', () => undefined, { REDISPORT: CLOSED }],
  ])('a candidate that %s gets no traffic, ends with 8, and nobody notices', async (_, words, prepare, env) => {
    const before = serving();
    prepare();
    const answers = await meanwhile(async () => {
      const { exitCode, stderr } = await cloud.run([...DEPLOY, '--force'], env);
      expect(stderr).toContain(`Error: The new revision gets no traffic. ${words}`);
      expect(stderr).toMatch(/redisdemo-00001-\w+ keeps serving at https:\S+: its smoke test passed just now\./);
      expect(exitCode).toBe(8);
    });
    expect(answers).toEqual(user());
    expect(serving()).toEqual(before);
  });

  it('a good one after that is released as ever, and nobody notices', async () => {
    const answers = await meanwhile(async () => {
      const { stderr, stdout } = await redisdemo([...DEPLOY, '--max', '6']);
      expect(stderr).not.toContain('pinned');
      expect(stdout).toMatch(/^Deployed: /m);
    });
    expect(answers).toEqual(user());
    expect(tags()).toEqual([['previous', expect.stringMatching(/^redisdemo-00001-/)]]);
  });

  it('private: closed again, and proven with an identity token', async () => {
    const data = await ask([...DEPLOY, '--max', '6', '--private']);
    expect(data).toMatchObject({ private: true, smoke: { passed: true } });
    expect(await cloud.live()).toBe('403');
    const before = cloud.google.requests.length;
    expect(await ask([...DEPLOY, '--max', '6', '--private'])).toMatchObject({ upToDate: true, created: [] });
    expect(changesIn(cloud.google, before)).toEqual([]);
  });

  it('a rollback goes to what served before, and a second one changes nothing', async () => {
    const first = await ask(['deploy', 'rollback', 'cloudrun']);
    expect(first).toMatchObject({
      revision: expect.stringMatching(/^redisdemo-00001-/) as string,
      changed: true,
      smoke: { passed: true },
    });
    expect(serving()).toEqual([`${String(first['revision'])} 100`]);
    expect(await ask(['deploy', 'rollback', 'cloudrun'])).toMatchObject({
      revision: first['revision'],
      changed: false,
    });
    const { exitCode, stderr } = await cloud.run(['deploy', 'rollback', 'cloudrun', '--to', 'redisdemo-00099-xyz']);
    expect(stderr).toContain('Those that work, the newest first: ');
    expect(exitCode).toBe(2);
  });

  it('pinned traffic is said and not moved without a yes; with it the service is released and opened', async () => {
    const before = serving();
    const { exitCode, stderr } = await cloud.run([...DEPLOY, '--max', '6']);
    expect(stderr).toMatch(
      /Error: Confirmation needed: Traffic is pinned by hand, or by a rollback, to redisdemo-00001-\w+ \(100 %\)\./,
    );
    expect(exitCode).toBe(2);
    expect(serving()).toEqual(before);
    const { stdout } = await redisdemo([...DEPLOY, '--max', '6', '--yes']);
    expect(stdout).toMatch(/^Released: /m);
    expect(serving()).not.toEqual(before);
    expect(await cloud.live()).toContain('Paul John');
  });

  it('a plain variable of the name of the secret is replaced, and what a hand has changed is set right', async () => {
    const change = ['run', 'services', 'update', SERVICE, `--region=${REGION}`];
    await cloud.gcloud(...change, '--remove-secrets=REDISPASS', '--no-traffic');
    const byHand = await cloud.gcloud(
      ...change,
      '--update-env-vars=REDISPASS=plain,REDISHOST=elsewhere',
      '--no-traffic',
    );
    expect(byHand.stderr).toContain('failed the configured startup probe');
    expect(await ask([...DEPLOY, '--max', '6', '--yes'])).toMatchObject({ upToDate: false });
    expect(cloud.google.services()[0]?.template.spec.containers[0]?.env).toMatchObject([
      { name: 'LISTEN_HOST' },
      { name: 'REDISHOST', value: 'redis.example.com' },
      { name: 'REDISPORT' },
      { name: 'REDISPASS', valueFrom: { secretKeyRef: { name: 'redisdemo-redispass', key: '1' } } },
    ]);
  });
});
