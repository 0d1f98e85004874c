/** The stand-in for Google Cloud: the real gcloud works against it, and what it deploys really runs. */
import { readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eject } from '../../src/image.ts';
import { withFolder } from '../support/cli.ts';
import { Refusal } from '../fakes/google/exchange.ts';
import { gcloud, gcloudMissing, type GcloudRun } from '../fakes/google/gcloud.ts';
import { startGoogle, type Google, type GoogleOptions } from '../fakes/google/google.ts';
import type { Login } from '../fakes/google/logins.ts';
import { residentGcloud } from '../fakes/google/resident-gcloud.ts';
import { crashAtStart } from '../fakes/google/tamper.ts';
import { unzip } from '../fakes/google/source-archive.ts';
import { startJsonRedis } from '../fakes/json-redis.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../fakes/google/sample/', import.meta.url));
const REGION = 'europe-west1';
const IMAGE = `${REGION}-docker.pkg.dev/demo-project/demo/sample:1`;
const RUNTIME = '123456789012-compute@developer.gserviceaccount.com';
const LIVE = 'https://sample-123456789012.europe-west1.run.app';
const HERE = ['--project=demo-project', `--region=${REGION}`, '--format=json'];
const IN_PROJECT = ['--project=demo-project', '--format=json'];

interface Place {
  readonly google: Google;
  /** The words of the command, then all its other arguments. */
  readonly run: (words: string, args?: readonly string[], input?: string) => Promise<GcloudRun>;
}

async function open(options: GoogleOptions = {}, login?: Login): Promise<Place> {
  const google = await startGoogle(options);
  onTestFinished(async () => {
    await google.stop();
    expect([...google.unplayed, ...google.strangers, ...google.crashes]).toEqual([]);
  });
  const env = { ...(await google.environment(login)), PATH: (await residentGcloud()).path };
  return {
    google,
    run: (words, args = [], input = '') => gcloud([...words.split(' '), ...args], { env, input }),
  };
}

/** With the sample as an image, and public unless told otherwise. */
async function openWithSample(): Promise<Place & { deploy: (...args: readonly string[]) => Promise<GcloudRun> }> {
  const place = await open();
  await place.google.pushImage(IMAGE, SAMPLE);
  const always = [`--image=${IMAGE}`, ...HERE];
  return { ...place, deploy: (...args) => place.run('run deploy sample', [...always, ...args]) };
}

async function bearer(run: Place['run'], ...args: readonly string[]): Promise<{ authorization: string }> {
  const { stdout } = await run('auth print-identity-token', args);
  return { authorization: `Bearer ${stdout}` };
}

/** Status and JSON of the sample. */
async function ask(google: Google, url: string): Promise<Record<string, unknown>> {
  const { status, text } = await google.fetch(url);
  expect(status, text).toBe(200);
  return JSON.parse(text) as Record<string, unknown>;
}

function failed(run: GcloudRun, text: string): void {
  expect(run.stderr).toContain(text);
  expect(['', '[]']).toContain(run.stdout);
  expect(run.exitCode).toBe(1);
}

describe.skipIf(gcloudMissing !== '')(`the stand-in for Google${gcloudMissing}`, () => {
  test.skipIf(redisMissing !== '')(
    `the service is deployed from its source, with a secret, and works on Redis behind identity tokens${redisMissing}`,
    () =>
      withFolder(async (folder) => {
        const redis = await startJsonRedis({ password: 's3,cret' });
        onTestFinished(() => redis.stop());
        const { google, run } = await open({ hosts: { 'redis.example.com': redis.host } });
        await eject(`${folder}/source`, BUILT);
        const created = await run(
          'secrets create redispass',
          [...IN_PROJECT, '--data-file=-', '--replication-policy=automatic'],
          's3,cret',
        );
        expect(created).toMatchObject({ exitCode: 0, stderr: 'Created version [1] of the secret [redispass].' });
        const accessor = [`--member=serviceAccount:${RUNTIME}`, '--role=roles/secretmanager.secretAccessor'];
        expect((await run('secrets add-iam-policy-binding redispass', [...IN_PROJECT, ...accessor])).exitCode).toBe(0);

        const variables = { REDISHOST: 'redis.example.com', REDISPORT: redis.env['REDISPORT'] };
        await writeFile(`${folder}/env.json`, JSON.stringify(variables));
        const probe = '--startup-probe=httpGet.path=/health,httpGet.port=8080,failureThreshold=30';
        const secret = '--set-secrets=REDISPASS=redispass:1';
        const source = [
          `--source=${folder}/source`,
          `--env-vars-file=${folder}/env.json`,
          secret,
          probe,
          '--no-allow-unauthenticated',
        ];
        const deployed = await run('run deploy sample', [...HERE, ...source]);
        expect(deployed.stderr).toContain('is serving 100 percent of traffic');
        expect(deployed.exitCode).toBe(0);

        const archive = google.storage.objects().find(({ bucket }) => bucket === `run-sources-demo-project-${REGION}`);
        const files = unzip(archive?.content ?? Buffer.alloc(0)).map(({ path }) => path);
        expect(files).toContain('service/server.js');
        expect(files.length).toBeGreaterThan((await readdir(`${folder}/source/service/static`)).length);

        const { status } = JSON.parse(deployed.stdout) as { status: { url: string } };
        expect(await google.fetch(`${status.url}/health`)).toMatchObject({ status: 403 });
        const stranger = { authorization: 'Bearer made-up' };
        expect(await google.fetch(`${status.url}/health`, { headers: stranger })).toMatchObject({ status: 401 });
        const headers = await bearer(run);
        const health = await google.fetch(`${status.url}/health`, { headers });
        expect(JSON.parse(health.text)).toMatchObject({ status: 'ok' });
        expect((await google.fetch(`${status.url}/healthz`, { headers })).text).toContain('Error 404 (Not Found)');
        expect(await redis.client().exists('user:1')).toBe(1);

        const filter =
          'resource.type="cloud_run_revision" resource.labels.service_name="sample" jsonPayload.message:"listening"';
        const log = await run('logging read', [filter, ...IN_PROJECT]);
        expect(JSON.parse(log.stdout)).toMatchObject([{ resource: { labels: { location: REGION } } }]);

        const image = `${REGION}-docker.pkg.dev/demo-project/cloud-run-source-deploy/sample`;
        const archives = `gs://run-sources-demo-project-${REGION}/services/sample/**`;
        const [images, objects] = await Promise.all([
          run(`artifacts docker images list ${image}`, [...IN_PROJECT, '--include-tags']),
          run('storage ls', [archives, '--project=demo-project']),
        ]);
        expect(JSON.parse(images.stdout)).toMatchObject([{ package: image, tags: ['latest'] }]);
        expect(objects.stdout).toMatch(/^gs:\S+\.zip$/);
        const removed = await Promise.all([
          run(`artifacts docker images delete ${image}`, [...IN_PROJECT, '--delete-tags']),
          run('storage rm', [archives, '--project=demo-project']),
        ]);
        expect(removed.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
        expect(google.registry.images()).toEqual([]);
        expect(google.storage.objects().filter(({ name }) => name.endsWith('.zip'))).toEqual([]);
      }),
  );

  test('a candidate has its own URL and no traffic, is promoted by its tag, and is let go', async () => {
    const { google, run, deploy } = await openWithSample();
    expect((await deploy('--no-invoker-iam-check', '--set-env-vars=WORD=first')).exitCode).toBe(0);
    expect(await ask(google, LIVE)).toMatchObject({ word: 'first' });

    expect((await deploy('--no-traffic', '--tag=candidate', '--update-env-vars=WORD=second')).exitCode).toBe(0);
    const described = await run('run services describe sample', HERE);
    const { status } = JSON.parse(described.stdout) as { status: { traffic: { tag?: string; url?: string }[] } };
    const candidate = status.traffic.find(({ tag }) => tag === 'candidate')?.url ?? '';
    expect(await ask(google, candidate)).toMatchObject({ word: 'second' });
    expect(await ask(google, LIVE)).toMatchObject({ word: 'first' });

    const promoted = await run('run services update-traffic sample', [...HERE, '--to-tags=candidate=100']);
    expect(promoted.exitCode).toBe(0);
    expect(await ask(google, LIVE)).toMatchObject({ word: 'second' });
    const released = await run('run services update-traffic sample', [
      ...HERE,
      '--to-latest',
      '--remove-tags=candidate',
    ]);
    expect(JSON.parse(released.stdout)).toMatchObject([{ latestRevision: true, statusPercent: '100', tags: [] }]);
    expect((await google.fetch(candidate)).status).toBe(404);

    google.project.tamper = crashAtStart;
    const crashed = await deploy('--no-traffic', '--tag=candidate', '--update-env-vars=WORD=third');
    failed(crashed, 'is not ready and cannot serve traffic. The user-provided container failed to start and listen');
    expect(await ask(google, LIVE)).toMatchObject({ word: 'second' });
    const filter = 'resource.type="cloud_run_revision" (severity>=WARNING OR textPayload:"Cannot find module")';
    const log = await run('logging read', [filter, '--project=demo-project', '--format=value(textPayload)']);
    expect(log.stdout).toMatch(/STARTUP TCP probe failed[^]*exit\(1\)[^]*Cannot find module/);

    expect((await run('run services delete sample', HERE)).stderr).toContain('Deleted service [sample].');
    expect(google.services()).toEqual([]);
    failed(await run('run services describe sample', HERE), 'Cannot find service [sample]');
  });

  test('a build that fails leaves its log', async () => {
    const { google, run } = await open();
    const source = [`--source=${SAMPLE}`, '--no-invoker-iam-check'];
    google.project.buildFailure = ['npm error code E404'];
    failed(await run('run deploy sample', [...HERE, ...source]), 'Build failed; check build logs for details');
    const builds = await run('builds list', [...HERE, '--filter=tags=service_sample', '--limit=1']);
    const [build] = JSON.parse(builds.stdout) as { id: string; status: string }[];
    expect(build).toMatchObject({
      status: 'FAILURE',
      logUrl: expect.stringContaining('console.cloud.google.com') as string,
    });
    expect((await run(`builds log ${build?.id ?? ''}`, HERE)).stdout).toContain('npm error code E404');
  });

  test('secrets have numbered versions that are read, destroyed and deleted', async () => {
    const { google, run } = await open();
    const stdin = [...IN_PROJECT, '--data-file=-'];
    await run('secrets create pass', [...stdin, '--replication-policy=automatic'], 'one');
    const added = await run('secrets versions add pass', stdin, 'two');
    expect(JSON.parse(added.stdout)).toMatchObject({ name: 'projects/123456789012/secrets/pass/versions/2' });
    expect((await run('secrets versions access latest', ['--secret=pass', '--project=demo-project'])).stdout).toBe(
      'two',
    );
    expect((await run('secrets versions destroy 1', [...IN_PROJECT, '--secret=pass'])).exitCode).toBe(0);
    failed(await run('secrets versions access 1', ['--secret=pass', ...IN_PROJECT]), 'is in DESTROYED state');
    expect((await run('secrets delete pass', IN_PROJECT)).exitCode).toBe(0);
    expect(google.secrets.size).toBe(0);
  });

  test('refusals arrive as gcloud puts them: a right, an API, a project, a quota, an account', async () => {
    const { google, run, deploy } = await openWithSample();
    google.project.denied.add('run.services.setIamPolicy');
    const silent = await deploy('--allow-unauthenticated');
    expect(silent.stderr).toContain('Setting IAM policy failed');
    expect(silent.exitCode).toBe(0);
    expect((await google.fetch(LIVE)).status).toBe(403);

    google.project.apis.delete('secretmanager.googleapis.com');
    google.inject({ on: /regions|locations$/, times: 1, act: new Refusal('RESOURCE_EXHAUSTED', 'Quota exceeded') });
    failed(await run('secrets list', IN_PROJECT), 'reason: SERVICE_DISABLED');
    failed(await run('run regions list', IN_PROJECT), 'RESOURCE_EXHAUSTED: Quota exceeded');
    failed(await run('projects describe another', ['--format=json']), 'does not have permission to access projects');
    const billing = await run('billing projects describe demo-project', ['--format=json']);
    expect(JSON.parse(billing.stdout)).toMatchObject({ billingEnabled: true });
    expect((await run('services enable secretmanager.googleapis.com', IN_PROJECT)).exitCode).toBe(0);
    const enabled = await run('services list', [...IN_PROJECT, '--enabled']);
    expect(enabled.stdout).toContain('secretmanager.googleapis.com');
    google.tokens.revokeAll();
    failed(
      await run('projects describe demo-project', ['--format=json']),
      'There was a problem refreshing your current auth',
    );
  });

  test.each<[Login, string]>([
    ['user', 'dev@example.com'],
    ['service account', 'deployer@demo-project.iam.gserviceaccount.com'],
  ])('a %s is logged in and gets an identity token', async (login, account) => {
    const { google, run } = await open({}, login);
    const [accounts, headers] = await Promise.all([
      run('auth list', ['--format=value(account)']),
      bearer(run, ...(login === 'user' ? [] : [`--audiences=${LIVE}`])),
    ]);
    expect(accounts.stdout).toBe(account);
    expect(google.tokens.identityOf(headers.authorization.replace('Bearer ', ''))).toMatchObject({ account });
  });

  test('nobody is logged in', async () => {
    const { google, run } = await open({}, 'none');
    failed(
      await run('projects describe demo-project', ['--format=json']),
      'You do not currently have an active account',
    );
    expect(google.requests).toEqual([]);
  });
});
