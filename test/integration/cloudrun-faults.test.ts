/** What goes wrong on the way to Cloud Run: found before anything is made where it can be, and said with its way out. */
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { IMAGE, pushService } from '../support/cloud-image.ts';
import { changesIn } from '../support/cloud-state.ts';
import { Refusal, jsonReply } from '../fakes/google/exchange.ts';
import { START_LIMIT_MS } from '../fakes/google/project.ts';
import { crashAtStart, listenElsewhere } from '../fakes/google/tamper.ts';

const FROM_IMAGE = ['deploy', 'cloudrun', '--image', IMAGE];
const IN_MEMORY = [...FROM_IMAGE, '--db', 'memory'];
const SHARED = 'runner@shared.iam.gserviceaccount.com';
const RUNTIME = '123456789012-compute@developer.gserviceaccount.com';
const ACCESSOR = '--role=roles/secretmanager.secretAccessor';

describe.skipIf(cloudMissing !== '')(`faults on the way to Cloud Run${cloudMissing}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await openCloud();
    await pushService(cloud.google);
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });
  const usual = {
    billing: true,
    tamper: undefined,
    startLimitMs: START_LIMIT_MS,
    buildFailure: undefined,
    buildAccount: 'ok',
    architecture: 'amd64',
  } as const;
  afterEach(() => {
    const { project } = cloud.google;
    Object.assign(project, usual);
    project.denied.clear();
    project.constraints.clear();
    project.closedToBuilds.clear();
    project.disabledAccounts.clear();
    project.sharedAccounts.clear();
  });

  describe('before anything is made:', () => {
    afterEach(() => {
      expect(changesIn(cloud.google)).toEqual([]);
    });

    it('everything that is wrong is named at once', async () => {
      const { project } = cloud.google;
      project.billing = false;
      project.buildAccount = 'absent';
      for (const right of ['run.services.create', 'cloudbuild.builds.create']) project.denied.add(right);
      const place = ['deploy', 'cloudrun', '--region', 'mars-north1', '--redis-host', '10.1.2.3'];
      const { exitCode, stderr } = await cloud.run(place);
      expect(stderr).toContain('Error: Nothing was made, because:');
      expect(stderr).toContain('10.1.2.3 is a private address, which Cloud Run cannot reach by itself.');
      expect(stderr).toContain('Cloud Run has no region mars-north1.');
      expect(stderr).toContain('The project demo-project has no billing account');
      expect(stderr).toContain('There is no account 123456789012-compute@developer.gserviceaccount.com');
      expect(stderr).toContain(
        'Your account lacks these permissions in demo-project: run.services.create, cloudbuild.builds.create.',
      );
      expect(stderr).toContain('--network NAME --subnet NAME');
      expect(stderr).toContain('Choose one with --region: europe-west1, us-central1');
      expect(stderr).toContain('--member=user:dev@example.com --role=roles/run.admin');
      expect(exitCode).toBe(2);
    });

    it.each([
      [
        'a loopback address',
        { REDISHOST: '127.0.0.1' },
        2,
        '127.0.0.1 is this machine: on Cloud Run it would be the container',
      ],
      [
        'neither project nor Redis',
        { REDISDEMO_PROJECT: '', REDISHOST: '' },
        2,
        'A Google Cloud project is needed.\n  The database "url" needs',
      ],
      [
        'a project of others',
        { REDISDEMO_PROJECT: 'not-mine' },
        4,
        'The project not-mine does not exist, or you may not see it',
      ],
      [
        'a right that would fail after the build',
        { MISSING: 'iam.serviceAccounts.actAs' },
        4,
        'Your account lacks this permission in demo-project: iam.serviceAccounts.actAs.',
      ],
      [
        'no right to look for the bucket of the source',
        { MISSING: 'storage.buckets.get', SOURCE: 'folder' },
        4,
        '--member=user:dev@example.com --role=roles/storage.admin',
      ],
      [
        'an account to run as that is disabled',
        { DISABLED: '123456789012-compute@developer.gserviceaccount.com' },
        4,
        'Enable it: gcloud iam service-accounts enable 123456789012-compute@developer.gserviceaccount.com --project=demo-project',
      ],
      [
        'a name that is too long for the tags of the next release',
        { REDISDEMO_SERVICE: 'a-service-whose-name-has-forty-two-letters' },
        2,
        'at most 37 characters',
      ],
      [
        'no right to open it',
        { MISSING: 'run.services.setIamPolicy' },
        4,
        'Deploy it with --private, or ask an administrator to run:',
      ],
    ])('%s', async (_, { MISSING, DISABLED, SOURCE, ...env }: Readonly<Record<string, string>>, code, words) => {
      if (MISSING !== undefined) cloud.google.project.denied.add(MISSING);
      if (DISABLED !== undefined) cloud.google.project.disabledAccounts.add(DISABLED);
      const { exitCode, stderr } = await cloud.run(SOURCE === undefined ? FROM_IMAGE : ['deploy', 'cloudrun'], env);
      expect(stderr).toContain(words);
      expect(exitCode).toBe(code);
    });

    it('which APIs are on is not answered: none is called on', async () => {
      const act = new Refusal('INVALID_ARGUMENT', 'Request contains an invalid argument.');
      const fault = cloud.google.inject({ on: /^GET serviceusage/, act });
      const { exitCode, stderr } = await cloud.run(IN_MEMORY);
      fault.release();
      expect(stderr).toContain('Error: Which APIs are on in demo-project is not known: Request contains an invalid');
      expect(exitCode).toBe(1);
    });

    it('an account of another project is looked up there', async () => {
      const { sharedAccounts, disabledAccounts } = cloud.google.project;
      sharedAccounts.set(SHARED, 'shared');
      disabledAccounts.add(SHARED);
      const disabled = await cloud.run([...IN_MEMORY, '--service-account', SHARED]);
      const none = await cloud.run([...IN_MEMORY, '--service-account', SHARED.replace('runner', 'nobody')]);
      expect(disabled.stderr).toContain(`gcloud iam service-accounts enable ${SHARED} --project=shared `);
      expect(none.stderr).toContain('There is no account nobody@shared.iam.gserviceaccount.com for the service');
      expect([disabled.exitCode, none.exitCode]).toEqual([4, 2]);
    });

    it('nobody is logged in', async () => {
      const { exitCode, stderr } = await cloud.run(FROM_IMAGE, await cloud.login('none'));
      expect(stderr).toMatch(
        /Error: gcloud has no login that works: You do not currently have an active account selected\.\n→ Log in with: gcloud auth login/,
      );
      expect(exitCode).toBe(4);
    });

    it('gcloud is not there', async () => {
      const bin = join(cloud.cwd, 'bin');
      await mkdir(bin);
      await symlink(process.execPath, join(bin, 'node'));
      const { exitCode, stderr } = await cloud.run(FROM_IMAGE, { PATH: bin });
      expect(stderr).toMatch(/Error: gcloud is not installed, or not on the PATH\.\n→ Install it: https:/);
      expect(exitCode).toBe(3);
    });
  });

  it('an API that is off is turned on with a yes only, and said', async () => {
    const { project } = cloud.google;
    project.apis.delete('run.googleapis.com');
    const asked = await cloud.run(IN_MEMORY);
    expect(asked.stderr).toContain(
      'Error: Confirmation needed: Turn on run.googleapis.com in demo-project? What uses them is billed.',
    );
    expect(asked.exitCode).toBe(2);
    // A printed script asks the same; over a pipe nobody can answer it.
    const { stdout: script } = await cloud.run([...IN_MEMORY, '--print']);
    const piped = await execa('sh', { input: script, env: cloud.env, extendEnv: false, reject: false });
    expect(piped.stderr).toMatch(/^Turn on run\.googleapis\.com in demo-project\? .*\nConfirmation needed/m);
    expect(piped.exitCode).toBe(2);
    expect(changesIn(cloud.google)).toEqual([]);
    // Google is busy, too: gcloud itself tries again after a 503, we after a 429.
    const busy = cloud.google.inject({
      on: /^GET .*services\/patient$/,
      times: 2,
      act: new Refusal('UNAVAILABLE', 'busy'),
    });
    const quota = cloud.google.inject({
      on: /^POST .*namespaces\/demo-project\/services$/,
      times: 1,
      act: new Refusal('RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric'),
    });
    const { exitCode, stderr } = await cloud.run([...IN_MEMORY, '--yes', '--service', 'patient']);
    expect(stderr).toContain('✓ turn on run.googleapis.com');
    expect(exitCode).toBe(0);
    expect([busy.count(), quota.count()]).toEqual([2, 1]);
    expect(project.apis.has('run.googleapis.com')).toBe(true);
  });

  const failures: readonly Case[] = [
    {
      title: 'an image of another architecture',
      prepare: ({ google }) => pushArm(google),
      image: 'arm',
      code: 2,
      words: 'built for another kind of processor',
    },
    { title: 'an image that is not there', image: 'nowhere', code: 2, words: 'The image is not in its registry.' },
    {
      title: 'a crash at the start',
      prepare: ({ google }) => (google.project.tamper = crashAtStart),
      code: 1,
      words: 'The container ended while it started.\n  Its last lines:\n    Error: Cannot find module',
    },
    {
      title: 'a container that listens elsewhere',
      prepare: ({ google }) => Object.assign(google.project, { tamper: listenElsewhere, startLimitMs: 500 }),
      code: 1,
      words: 'its /health never said that it can work',
    },
    { title: 'a quota', args: ['--max', '200'], code: 3, words: 'A quota of the project is used up.' },
    {
      title: 'a build that fails',
      args: ['--source'],
      prepare: ({ google }) => (google.project.buildFailure = ['npm error code E404']),
      code: 1,
      words: '    npm error code E404\n    ERROR\n',
    },
    {
      title: 'an account that may not read the source',
      args: ['--source'],
      prepare: ({ google }) => (google.project.buildAccount = 'cannot read the source'),
      code: 4,
      words: 'The account that builds may not read the source: 123456789012-compute@developer.gserviceaccount.com.',
    },
    {
      title: 'a build account that a policy demands',
      args: ['--source'],
      prepare: ({ google }) => google.project.constraints.add('cloudbuild.useBuildServiceAccount'),
      code: 2,
      words: 'A policy of the organization demands that the account that builds is named',
    },
    {
      title: 'a policy against requests from the internet',
      prepare: ({ google }) => google.project.constraints.add('run.allowedIngress'),
      code: 4,
      words: 'does not allow requests from the internet to Cloud Run: constraints/run.allowedIngress.',
    },
    {
      title: 'a secret that the service may not read',
      args: ['--db', 'url'],
      prepare: ({ google }) =>
        google.inject({ on: /secrets\/.*:setIamPolicy$/, times: 1, act: jsonReply({ bindings: [] }) }),
      code: 4,
      words: 'The account of the service may not read its secret.',
    },
    {
      title: 'a policy that forbids any open door',
      prepare: ({ google }) =>
        google.project.constraints.add('run.managed.requireInvokerIam').add('iam.allowedPolicyMemberDomains'),
      code: 4,
      words:
        'it stays closed to the public.\n  A policy of the organization demands the IAM check of who calls a service: constraints/run.managed.requireInvokerIam.\n  A policy of the organization forbids roles for members outside its domains',
    },
    {
      title: 'a right that is only missing when it is used',
      prepare: ({ google }) => {
        denyLate(google);
      },
      code: 4,
      words: "it stays closed to the public.\n  You may not do that: Permission 'run.services.setIamPolicy'.",
    },
  ];

  it.each(failures)('$title', async ({ title, prepare, image, args = [], code, words }) => {
    await prepare?.(cloud);
    const service = title.replaceAll(/\W+/g, '-').slice(0, 37).replace(/-$/, '');
    const source = args.includes('--source')
      ? []
      : ['--image', image === undefined ? IMAGE : IMAGE.replace('redisdemo:1', `${image}:1`)];
    const rest = args.filter((word) => word !== '--source');
    const db = args.includes('--db') ? [] : ['--db', 'memory'];
    const { exitCode, stderr } = await cloud.run([
      'deploy',
      'cloudrun',
      '--service',
      service,
      ...source,
      ...db,
      ...rest,
    ]);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/\n→ \S/);
    expect(exitCode).toBe(code);
    const { status } = await cloud.google.fetch(`https://${service}-123456789012.europe-west1.run.app/health`);
    expect([403, 404]).toContain(status);
  });

  it('which APIs are on cannot be seen: that is a note, and gcloud turns on none', async () => {
    const { project, requests } = cloud.google;
    project.denied.add('serviceusage.services.get');
    const before = requests.length;
    const { exitCode, stderr } = await cloud.run(IN_MEMORY);
    expect(stderr).toContain('It is not known whether run.googleapis.com is on in demo-project: your account cannot');
    expect(stderr).toContain('--member=user:dev@example.com --role=roles/serviceusage.serviceUsageViewer');
    expect(exitCode).toBe(0);
    // The command asks for all of them at once; gcloud would ask for each before it turns one on.
    const asked = requests.slice(before).filter(({ on }) => on.includes('serviceusage'));
    expect(asked.map(({ on }) => on)).toEqual([expect.stringContaining('services:batchGet')]);
    expect((await cloud.run(['destroy', 'cloudrun', '--yes'])).exitCode).toBe(0);
  });

  it('where policies forbid an open door and global secrets, a right for everybody and a secret in the region do', async () => {
    const { constraints } = cloud.google.project;
    constraints.add('run.managed.requireInvokerIam').add('gcp.resourceLocations');
    const { exitCode, stderr } = await cloud.run([...FROM_IMAGE, '--service', 'by-right']);
    expect(stderr).toContain('without a token: ready');
    expect(exitCode).toBe(0);
    const replicas = [{ location: 'europe-west1' }];
    expect(cloud.google.secrets.get('by-right-redispass')?.replication).toMatchObject({ userManaged: { replicas } });
  });

  it('one that a right for everybody opens is not closed without the right to take it away, and is with it', async () => {
    const { google, run } = cloud;
    const closing = [...FROM_IMAGE, '--service', 'by-right', '--private'];
    google.project.denied.add('run.services.setIamPolicy');
    const from = google.requests.length;
    const refused = await run(closing);
    expect(refused.stderr).toContain('Your account lacks this permission in demo-project: run.services.setIamPolicy.');
    expect(refused.stderr).toMatch(/^→ Ask an administrator to run:/m);
    expect(refused.exitCode).toBe(4);
    expect(changesIn(google, from)).toEqual([]);
    google.project.denied.clear();
    const closed = await run(closing);
    expect(closed.stderr).toContain('✓ remove public access (allUsers)');
    expect(closed.exitCode).toBe(0);
    expect((await google.fetch('https://by-right-123456789012.europe-west1.run.app/health')).status).toBe(403);
  });

  it('variables of redisdemo that somebody made secrets are plain ones again', async () => {
    const { google, run, redis } = cloud;
    const deploy = [...FROM_IMAGE, '--service', 'by-right', '--private', '--force'];
    await cloud.gcloud('secrets', 'create', 'port', '--replication-policy=automatic');
    const value = Buffer.from(String(redis.port));
    google.secrets.get('port')?.versions.push({ number: 1, created: '2026-01-01T00:00:00Z', state: 'ENABLED', value });
    await cloud.gcloud('secrets', 'add-iam-policy-binding', 'port', `--member=serviceAccount:${RUNTIME}`, ACCESSOR);
    const change = ['run', 'services', 'update', 'by-right', '--region=europe-west1'];
    const made = await cloud.gcloud(...change, '--remove-env-vars=REDISPORT', '--update-secrets=REDISPORT=port:1');
    expect(made.stderr).toContain('has been deployed');
    const { exitCode, stderr } = await run(deploy);
    expect(stderr).toContain('✓ remove REDISPORT as a secret, to set as plain variables');
    expect(exitCode).toBe(0);
    const service = google.services().find(({ name }) => name === 'by-right');
    expect(service?.template.spec.containers[0]?.env).toContainEqual({ name: 'REDISPORT', value: String(redis.port) });
  });

  it('an account of another project runs the service', async () => {
    const { project } = cloud.google;
    project.sharedAccounts.set(SHARED, 'shared');
    project.denied.add('serviceusage.services.get');
    const { exitCode, stderr } = await cloud.run([
      ...IN_MEMORY,
      '--yes',
      '--service',
      'shared',
      '--service-account',
      SHARED,
    ]);
    expect(stderr).toContain('It is not known whether run.googleapis.com is on in demo-project');
    expect(exitCode).toBe(0);
  });

  it('of a deployment that fails at first, all is listed, explained by its own build only, and removed in the end', async () => {
    const { google, run } = cloud;
    const { project } = google;
    const deploy = ['deploy', 'cloudrun', '--service', 'unlucky'];
    const archives = () => google.storage.objects().filter(({ name }) => name.startsWith('services/unlucky/'));
    project.buildFailure = ['toomanyrequests: You have reached your unauthenticated pull rate limit.'];
    const first = await run(deploy);
    expect(first.stderr).toContain("Docker Hub refused the build's base image");
    expect(first.stderr).toContain(
      'Left in demo-project:\n    1 source archive (less than a cent a month)\n    secret unlucky-redispass (6 cents a month)\n' +
        '  The bucket run-sources-demo-project-europe-west1 and the repository cloud-run-source-deploy',
    );
    expect(first.stderr).toContain(
      'Remove what is left: redisdemo destroy cloudrun --project demo-project --region europe-west1 --service unlucky',
    );
    expect(first.exitCode).toBe(3);
    project.buildFailure = undefined;
    const second = await run(deploy);
    expect(second.stderr).toContain('without a token: ready');
    expect(archives()).toHaveLength(2);
    const refusal = new Refusal('FAILED_PRECONDITION', 'Build failed: cannot run builds in this region');
    const refused = google.inject({ on: /builds:submit$/, act: refusal });
    const third = await run([...deploy, '--force']);
    refused.release();
    expect(third.stderr).toContain('Google does not let this project build in the region.');
    expect(third.stderr).not.toContain('Its last lines');
    expect(third.exitCode).toBe(3);
    const gone = await run(['destroy', 'cloudrun', '--service', 'unlucky', '--yes']);
    expect(gone.stderr).toContain('removed 3 source archives');
    expect(archives()).toEqual([]);
  });
});

interface Case {
  readonly title: string;
  readonly prepare?: (cloud: Cloud) => unknown;
  /** Its name instead of ours. */
  readonly image?: string;
  /** `--source`: built by Google, from no image. */
  readonly args?: readonly string[];
  readonly code: number;
  readonly words: string;
}

async function pushArm(google: Cloud['google']): Promise<void> {
  google.project.architecture = 'arm64';
  await pushService(google, IMAGE.replace('redisdemo:1', 'arm:1'));
}

/** testIamPermissions says yes, and both ways to open the service say no: gcloud alone would end with 0. */
function denyLate(google: Cloud['google']): void {
  const permissions = [
    'run.services.create',
    'run.services.get',
    'run.services.update',
    'run.services.setIamPolicy',
    'iam.serviceAccounts.actAs',
  ];
  google.inject({ on: /:testIamPermissions$/, times: 1, act: jsonReply({ permissions }) });
  google.project.denied.add('run.services.setIamPolicy');
}
