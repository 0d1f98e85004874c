/** Refusals that come late, when something has been made or moved already: what is said is what Google says then. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { IMAGE, pushService } from '../support/cloud-image.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { Refusal } from '../fakes/google/exchange.ts';
import type { Scripted } from '../fakes/google/script.ts';

const DEPLOY = ['deploy', 'cloudrun', '--image', IMAGE];
const PROMOTE = ['deploy', 'promote', 'cloudrun'];
const SERVICE_PUT = String.raw`^PUT \S+\/services\/redisdemo$`;
const QUOTA = new Refusal('RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Write requests'");

/** Matches from the second time on. */
class FromTheSecond extends RegExp {
  private seen = 0;

  override test(text: string): boolean {
    if (!super.test(text)) return false;
    this.seen += 1;
    return this.seen > 1;
  }
}

describe.skipIf(cloudMissing !== '')(`refusals that come late${cloudMissing}`, () => {
  let cloud: Cloud;
  let redisdemo: Commands['redisdemo'];
  const injected: Scripted[] = [];
  const refuse = (on: RegExp, act: Refusal): void => {
    injected.push(cloud.google.inject({ on, act }));
  };
  beforeAll(async () => {
    cloud = await openCloud();
    ({ redisdemo } = commandsIn(cloud));
    await pushService(cloud.google);
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });
  afterEach(() => {
    for (const { release } of injected.splice(0)) release();
    cloud.google.project.denied.clear();
    cloud.google.project.buildFailure = undefined;
  });

  const serving = () =>
    cloud.google
      .services()
      .find(({ name }) => name === 'redisdemo')
      ?.routed.filter(({ percent }) => percent > 0)
      .map(({ revision }) => revision.name);

  it('an API that is off, which this account could not see before, is named', async () => {
    const { project } = cloud.google;
    project.apis.delete('secretmanager.googleapis.com');
    project.denied.add('serviceusage.services.list').add('serviceusage.services.get');
    const { exitCode, stderr } = await cloud.run([...DEPLOY, '--service', 'no-secrets', '--yes']);
    project.apis.add('secretmanager.googleapis.com');
    expect(stderr).toContain('Error: An API of the project is off: secretmanager.googleapis.com.');
    expect(stderr).toContain('Turn it on: gcloud services enable secretmanager.googleapis.com --project=demo-project');
    expect(exitCode).toBe(3);
  });

  it('where the archives of a build that failed cannot be listed, the rest is, and that is said', async () => {
    cloud.google.project.buildFailure = ['npm error code E404'];
    refuse(/^GET storage\.googleapis\.com\S+\/o$/, new Refusal('PERMISSION_DENIED', "'storage.objects.list' denied"));
    const { exitCode, stderr } = await cloud.run(['deploy', 'cloudrun', '--service', 'unlucky']);
    expect(stderr).toContain('npm error code E404');
    expect(stderr).toContain('Left in demo-project:\n    secret unlucky-redispass (6 cents a month)\n');
    expect(stderr).toMatch(/What else is left in demo-project could not be read: \S/);
    expect(stderr).toContain('Remove what is left: redisdemo destroy cloudrun --project demo-project');
    expect(exitCode).toBe(1);
  });

  it('a login that gives no token for the smoke test of a first deployment is said with what is left', async () => {
    const made = cloud.google.inject({ on: /^POST \S+\/namespaces\/demo-project\/services$/, act: 'hold' });
    const running = cloud.start([...DEPLOY, '--service', 'no-token']);
    await made.arrived;
    refuse(/^POST oauth2/, new Refusal('UNAUTHENTICATED', 'the login is over'));
    made.release();
    const { exitCode, stderr } = await running;
    expect(stderr).toContain('Error: gcloud cannot print an identity token');
    expect(stderr).toContain(
      'Left in demo-project:\n    secret no-token-redispass (6 cents a month)\n    service no-token (closed to the public',
    );
    expect(stderr).toContain('Remove what is left: redisdemo destroy cloudrun --project demo-project');
    expect(exitCode).toBe(4);
  });

  it('the next one, refused by a quota before there is a revision, is explained, and says nothing of the traffic', async () => {
    await redisdemo(DEPLOY);
    const from = cloud.google.requests.length;
    const before = serving();
    refuse(/^GET secretmanager\S+\/secrets\/redisdemo-redispass$/, QUOTA);
    const { exitCode, stderr } = await cloud.run([...DEPLOY, '--max', '5']);
    expect(stderr).toContain('Error: A quota of the project is used up.');
    expect(stderr).toContain('console.cloud.google.com/iam-admin/quotas?project=demo-project');
    expect(stderr).not.toContain('traffic');
    expect(exitCode).toBe(3);
    expect(serving()).toEqual(before);
    expect(cloud.google.requests.slice(from).some(({ on }) => on.endsWith('/users/1'))).toBe(false);
  });

  it('a promotion that is refused after the traffic was moved says that it was moved, and a second one ends it', async () => {
    await redisdemo([...DEPLOY, '--max', '5', '--no-promote']);
    const before = serving();
    refuse(new FromTheSecond(SERVICE_PUT), QUOTA);
    const { exitCode, stderr } = await cloud.run(PROMOTE);
    const [revision = ''] = serving() ?? [];
    expect([revision]).not.toEqual(before);
    expect(stderr).toContain(`Error: ${revision} has all the traffic. A quota of the project is used up.`);
    expect(stderr).not.toContain('gets no traffic');
    expect(exitCode).toBe(3);
    for (const { release } of injected.splice(0)) release();
    await redisdemo(PROMOTE);
    expect(serving()).toEqual([revision]);
  });

  it('a rollback that cannot be tested says that the traffic was moved', async () => {
    await redisdemo([...DEPLOY, '--max', '5', '--private']);
    const before = serving();
    const moved = cloud.google.inject({ on: new RegExp(SERVICE_PUT), act: 'hold' });
    const running = cloud.start(['deploy', 'rollback', 'cloudrun']);
    await moved.arrived;
    refuse(/^POST oauth2/, new Refusal('UNAUTHENTICATED', 'the login is over'));
    moved.release();
    const { exitCode, stderr } = await running;
    expect(serving()).not.toEqual(before);
    expect(stderr).toMatch(
      /Error: redisdemo-\d{5}-\w+ has the traffic, but https:\S+ could not be tested: gcloud cannot print/,
    );
    expect(exitCode).toBe(7);
  });
});
