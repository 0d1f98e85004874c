/** Deploying to Cloud Run: what arrives at Google, what a second run does, and where the password is not. */
import { readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaks, leakyFiles, watchCommandLines } from '../support/secret-leaks.ts';
import { cloudMissing, openCloud, PASSWORD, type Cloud } from '../support/cloud.ts';
import { changesIn, uploadedFiles } from '../support/cloud-state.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { Refusal } from '../fakes/google/exchange.ts';

/** The beginning of the password: no quoting changes it. */
const CANARY = PASSWORD.slice(0, 6);
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const BUCKET = 'run-sources-demo-project-europe-west1';
const RUNTIME = '123456789012-compute@developer.gserviceaccount.com';

describe.skipIf(cloudMissing !== '')(`redisdemo deploy cloudrun${cloudMissing}`, () => {
  let cloud: Cloud;
  let redisdemo: Commands['redisdemo'];
  let ask: Commands['ask'];
  beforeAll(async () => {
    cloud = await openCloud();
    // A variable of the service's own may be a secret too. In single quotes all of it counts as it is.
    await writeFile(ownFile(), `OWN='${PASSWORD.replaceAll("'", '')}'\n`);
    ({ redisdemo, ask } = commandsIn(cloud));
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  /** Outside of the folders that are searched for secrets. */
  const ownFile = () => `${cloud.home}.own.env`;
  const deploy = () => ['deploy', 'cloudrun', '--env-file', ownFile()];
  const service = () => cloud.google.services()[0];
  const container = () => service()?.template.spec.containers[0];
  const traffic = () => service()?.routed.map(({ percent, tag, latest }) => ({ percent, tag, latest }));

  it('a first deployment is proven before it is opened, and its password shows nowhere', async () => {
    const watch = await watchCommandLines();
    // What programs are given is watched: they have to be those that a user has.
    const { PATH = '' } = process.env;
    const { stdout, stderr } = await redisdemo([...deploy(), '--explain'], { PATH });
    const seen = await watch.stop();
    expect(seen.filter((line) => line.includes('gcloud.py run deploy'))).not.toEqual([]);
    expect(leaks([...seen, stdout, stderr], [CANARY])).toEqual([]);
    const folders = [cloud.home, cloud.cwd, cloud.env['CLOUDSDK_CONFIG'] ?? ''];
    expect(await Promise.all(folders.map((folder) => leakyFiles(folder, [CANARY])))).toEqual([[], [], []]);
    expect(await readdir(cloud.env['CLOUDSDK_CONFIG'] ?? '')).not.toContain('logs');

    expect(stdout).toContain('11 of 11 checks passed');
    expect(stdout).toMatch(/^Deployed: https:\S+ \(redisdemo-00001-\w+\)$/m);
    expect(stdout).toMatch(/^Idle: nothing but some cents a month/m);
    expect(stdout).toContain(
      'Take it away: redisdemo destroy cloudrun --project demo-project --region europe-west1 --service redisdemo',
    );
    expect(stderr).toMatch(/^· gcloud \d+\.\d+\.\d+, logged in as dev@example\.com; project demo-project/m);
    expect(await cloud.live()).toContain('Paul John');
    expect(await cloud.redis.client().exists('user:1')).toBe(1);
    // Closed while it was unproven: the change that opens it is the last.
    expect(changesIn(cloud.google).at(-1)).toMatch(/^PUT europe-west1-run\S+\/services\/redisdemo 200$/);
  });

  it('Google got the Dockerfile and the service, and nothing else', async () => {
    const built = await readdir(`${DIST}service`, { recursive: true, withFileTypes: true });
    const files = built.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
    const wanted = files.map((file) => file.slice(DIST.length).replace('//', '/'));
    expect(uploadedFiles(cloud.google)).toEqual(['.dockerignore', 'Dockerfile', ...wanted].sort());
  });

  it('the service has its settings, its secret by number, its probe and its limits', () => {
    expect(container()?.env).toEqual([
      { name: 'LISTEN_HOST', value: '0.0.0.0' },
      { name: 'REDISHOST', value: 'redis.example.com' },
      { name: 'REDISPORT', value: String(cloud.redis.port) },
      { name: 'OWN', value: PASSWORD.replaceAll("'", '') },
      { name: 'REDISPASS', valueFrom: { secretKeyRef: { name: 'redisdemo-redispass', key: '1' } } },
    ]);
    const httpGet = { path: '/health', port: 8080 };
    expect(container()?.startupProbe).toMatchObject({ httpGet, periodSeconds: 2, failureThreshold: 30 });
    expect(container()?.resources?.limits).toEqual({ cpu: '1', memory: '512Mi' });
    expect(container()?.ports).toMatchObject([{ containerPort: 8080 }]);
    expect(service()?.template.metadata?.annotations).toMatchObject({
      'autoscaling.knative.dev/maxScale': '4',
      'run.googleapis.com/execution-environment': 'gen2',
      'run.googleapis.com/startup-cpu-boost': 'True',
    });
    expect(service()?.annotations).toMatchObject({
      'run.googleapis.com/invoker-iam-disabled': expect.stringMatching(/^true$/i) as string,
    });
    expect(service()?.labels).toMatchObject({ redisdemo: 'cloudrun' });
    expect(traffic()).toEqual([{ percent: 100, tag: undefined, latest: true }]);
    const [secret] = cloud.google.secrets.values();
    expect(secret?.versions.map(({ value }) => value?.toString())).toEqual([PASSWORD]);
    expect(
      cloud.google.policies.has(
        'projects/123456789012/secrets/redisdemo-redispass',
        'roles/secretmanager.secretAccessor',
        `serviceAccount:${RUNTIME}`,
      ),
    ).toBe(true);
  });

  it('a second run changes nothing', async () => {
    const before = cloud.google.requests.length;
    const data = await ask(deploy());
    expect(data).toMatchObject({ upToDate: true, created: [], smoke: { passed: true } });
    expect(changesIn(cloud.google, before)).toEqual([]);
  });

  it('a change is tried under a tag, promoted and let go; what served before keeps a tag; a new password is a new version', async () => {
    await cloud.redis.client().config('SET', 'requirepass', 'another,one');
    const before = cloud.google.requests.length;
    const { stdout } = await redisdemo([...deploy(), '--max', '5', '--min', '1'], {
      REDISPASS: 'another,one',
    });
    expect(container()?.env?.at(-1)).toMatchObject({ valueFrom: { secretKeyRef: { key: '2' } } });
    expect(stdout).toContain('11 of 11 checks passed at https://candidate---redisdemo-');
    expect(stdout).toMatch(/^Idle: some 10 US dollars a month, for 1 waiting instance/m);
    expect(traffic()).toEqual([
      { percent: 100, tag: undefined, latest: true },
      { percent: 0, tag: 'previous', latest: false },
    ]);
    expect(service()?.annotations['run.googleapis.com/minScale']).toBe('1');
    expect(changesIn(cloud.google, before).filter((change) => change.startsWith('PUT'))).toHaveLength(3);
    expect(await cloud.live()).toContain('Paul John');
  });

  it('deploy status says what runs, since when, for how much, and what takes it away', async () => {
    const { stdout } = await redisdemo(['deploy', 'status']);
    expect(stdout).toMatch(/^cloudrun {3}ready$/m);
    expect(stdout).toMatch(/^Cloud Run: https:\S+ \(public\), there since \S+Z$/m);
    expect(stdout).toMatch(/^ {2}redisdemo-\d{5}-\w{3}: 100 %, made \S+Z$/m);
    expect(stdout).toMatch(/^ {2}redisdemo-\d{5}-\w{3}: 0 %, tag previous, made \S+Z$/m);
    expect(stdout).toMatch(/^ {2}idle: some 10 US dollars a month/m);
    expect(stdout).toContain('Take it away: redisdemo destroy cloudrun --project demo-project');
  });

  it('destroy names what it could not remove, ends with 9, and goes on with the rest', async () => {
    const { google } = cloud;
    google.storage.write(BUCKET, 'services/other/1.zip', Buffer.from('not ours'));
    const [image] = google.registry.images();
    if (image) google.registry.push({ ...image, name: image.name.replace(/redisdemo$/, 'other') });
    google.inject({
      on: /^DELETE artifactregistry.*versions/,
      times: 1,
      act: new Refusal('PERMISSION_DENIED', 'no right'),
    });
    const { exitCode, stdout, stderr } = await cloud.run(['destroy', 'cloudrun', '--yes', '--json']);
    expect(exitCode).toBe(9);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'left_behind', message: expect.stringContaining('image redisdemo@sha256:') as string },
    });
    expect(stderr).toContain('removed 2 source archives');
    expect(google.services()).toEqual([]);
    expect(google.secrets.size).toBe(0);
  });

  it('a second destroy takes the rest, a third finds nothing; what is not ours stays', async () => {
    const { google } = cloud;
    expect(await ask(['destroy', 'cloudrun', '--yes'])).toMatchObject({
      removed: [expect.stringMatching(/^image /), expect.stringMatching(/^file /)],
    });
    expect(await ask(['destroy', 'cloudrun', '--yes'])).toMatchObject({ removed: [] });
    expect(
      google.storage
        .objects()
        .map(({ name }) => name)
        .filter((name) => name.endsWith('.zip')),
    ).toEqual(['services/other/1.zip']);
    expect(google.registry.images().map(({ name }) => name)).toEqual([expect.stringMatching(/\/other$/)]);
    expect(await readdir(cloud.home).catch(() => [])).toEqual([]);
  });
});
