/** How redisdemo reaches Google, and what it says when Google does not answer: as gcloud would go, with the real gcloud. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { IMAGE, pushService } from '../support/cloud-image.ts';
import { changesIn } from '../support/cloud-state.ts';
import { certifyHosts } from '../support/certificates.ts';
import { Refusal, Reply } from '../fakes/google/exchange.ts';
import type { Scripted } from '../fakes/google/script.ts';

const IN_MEMORY = ['deploy', 'cloudrun', '--image', IMAGE, '--db', 'memory'];
const PRINTED = [...IN_MEMORY, '--print'];
/** Nothing but gcloud's own properties leads to the stand-in. */
const GCLOUD_ONLY = { HTTPS_PROXY: '', NODE_EXTRA_CA_CERTS: '', CURL_CA_BUNDLE: '' };
const PROJECT = /^GET cloudresourcemanager\.googleapis\.com\/v1\/projects\/demo-project$/;
/** Of another system, which no terminal may get. */
const hasMarkup = (text: string): boolean => /<html|<head/i.test(text) || text.includes('\x1b');
/** gcloud leaves the / as it is, and cannot read the URL that it makes then. */
const PROXY_LOGIN = { CLOUDSDK_PROXY_USERNAME: 'dev', CLOUDSDK_PROXY_PASSWORD: 'c4n4ry@/x' };
const PAGE = '<!DOCTYPE html><html><head><title>Error 502 (Server Error)!!1</title></head><body>\x1b[31m</body></html>';

describe.skipIf(cloudMissing !== '')(`the way to Google${cloudMissing}`, () => {
  let cloud: Cloud;
  const injected: Scripted[] = [];
  const inject = (on: RegExp, act: Parameters<Cloud['google']['inject']>[0]['act'], times = Infinity): void => {
    injected.push(cloud.google.inject({ on, act, times }));
  };
  beforeAll(async () => {
    cloud = await openCloud();
    await pushService(cloud.google);
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });
  afterEach(() => {
    for (const { release } of injected.splice(0)) release();
    cloud.google.project.denied.clear();
  });

  it("is gcloud's: its proxy and its authority are enough for a whole deployment, and for its smoke test", async () => {
    const { exitCode, stdout } = await cloud.run([...IN_MEMORY, '--service', 'by-proxy'], GCLOUD_ONLY);
    expect(stdout).toContain('Deployed: https://by-proxy');
    expect(exitCode).toBe(0);
  });

  it('leads through gcloud where redisdemo cannot go itself', async () => {
    const override = (api: string) => `https://${api}.googleapis.com/`;
    const { exitCode, stdout, stderr } = await cloud.run(['deploy', 'status', '--json', '--service', 'by-proxy'], {
      ...GCLOUD_ONLY,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: override('run'),
    });
    expect(stderr).toContain('Google is asked through gcloud');
    expect(JSON.parse(stdout)).toMatchObject({ data: { targets: [{}, {}, { state: 'ready', public: true }] } });
    expect(exitCode).toBe(0);
  });

  it('two lost answers, or two that say busy, are only waited for', async () => {
    inject(PROJECT, 'lose', 2);
    inject(/^GET serviceusage/, new Reply(502, { 'content-type': 'text/html' }, PAGE), 2);
    const { exitCode, stderr } = await cloud.run(PRINTED);
    expect(stderr).toContain('asked Google 3 times for cloudresourcemanager.googleapis.com');
    expect(stderr).toContain('asked Google 3 times for serviceusage.googleapis.com');
    expect(hasMarkup(stderr)).toBe(false);
    expect(exitCode).toBe(0);
  });

  it('nothing is called missing or not permitted that Google did not call so', async () => {
    const refusals: readonly (readonly [act: Refusal | Reply, exitCode: number, words: string])[] = [
      [
        new Refusal('UNAVAILABLE', 'The service is currently unavailable.'),
        6,
        'Google answered that it cannot answer now',
      ],
      [
        new Reply(200, { 'content-type': 'text/html' }, PAGE.replace('Server Error', 'Log in')),
        1,
        'Something between this machine and Google answered',
      ],
      [new Refusal('UNAUTHENTICATED', 'Request had invalid authentication credentials.'), 4, 'gcloud has no login'],
      [
        new Refusal('PERMISSION_DENIED', 'The caller does not have permission'),
        4,
        'does not exist, or you may not see it',
      ],
    ];
    for (const [act, code, words] of refusals) {
      inject(PROJECT, act);
      const { exitCode, stderr } = await cloud.run(PRINTED);
      injected.pop()?.release();
      expect(stderr).toContain(words);
      expect(stderr.includes('does not exist')).toBe(words.includes('does not exist'));
      expect(stderr).toMatch(/\n→ \S/);
      expect(hasMarkup(stderr)).toBe(false);
      expect(exitCode).toBe(code);
    }
  });

  it("gcloud's own trouble to get a token is told apart: network, certificate, Google, login", async () => {
    const dir = join(cloud.cwd, '..');
    const { caFile } = certifyHosts(dir, ['example.com']);
    const fresh = () => cloud.login('user');
    const proxy = { CLOUDSDK_PROXY_TYPE: 'http', CLOUDSDK_PROXY_ADDRESS: '127.0.0.1', CLOUDSDK_PROXY_PORT: '9' };
    // The first two do not get as far as that.
    inject(/^POST oauth2/, new Refusal('UNAVAILABLE', 'busy'));
    const [network, tls, setting, busy] = await Promise.all([
      cloud.run(PRINTED, { ...(await fresh()), ...GCLOUD_ONLY, ...proxy }),
      cloud.run(PRINTED, { ...(await fresh()), ...GCLOUD_ONLY, CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: caFile }),
      cloud.run([...PRINTED, '--json'], { ...(await fresh()), ...GCLOUD_ONLY, ...proxy, ...PROXY_LOGIN }),
      cloud.run(PRINTED, await fresh()),
    ]);
    expect(network.stderr).toContain('Error: Google cannot be reached from here');
    expect(tls.stderr).toContain('has a certificate that is not trusted');
    expect(busy.stderr).toContain('Error: Google answered that it cannot answer now');
    expect(setting.stdout).toContain(
      'gcloud cannot work with one of its settings: Failed to parse: http://127.0.0.1:9',
    );
    expect(setting.stdout + setting.stderr).not.toContain('c4n4ry');
    expect([network.exitCode, tls.exitCode, setting.exitCode, busy.exitCode]).toEqual([1, 4, 2, 6]);
    expect([network, tls, busy].map(({ stderr }) => stderr.includes('auth login'))).toEqual([false, false, false]);
  });

  it('what is no region or no project is sent nowhere, with no token', async () => {
    const from = cloud.google.requests.length;
    const region = await cloud.run(['deploy', 'logs', 'cloudrun'], { CLOUDSDK_RUN_REGION: 'example.com/#' });
    const project = { REDISDEMO_PROJECT: '', CLOUDSDK_CORE_PROJECT: 'demo/../other' };
    const other = await cloud.run(IN_MEMORY, project);
    expect(region.stderr).toContain("Error: gcloud's run/region is not valid: example.com/#");
    expect(other.stderr).toContain("Error: gcloud's core/project is not valid: demo/../other");
    expect([region.exitCode, other.exitCode]).toEqual([2, 2]);
    expect(cloud.google.requests.slice(from)).toEqual([]);
  });

  it('an API that Google still calls off after it was turned on is waited for', async () => {
    const { project } = cloud.google;
    project.apis.delete('run.googleapis.com');
    project.enablingLag = 6;
    const { exitCode, stderr } = await cloud.run([...IN_MEMORY, '--yes', '--service', 'fresh-project']);
    project.enablingLag = 0;
    expect(stderr).toContain(
      'run.googleapis.com to answer (Google needs some minutes after they are turned on): ready',
    );
    expect(exitCode).toBe(0);
  });

  it('an API is called off only where it is, however many are on, and the same through gcloud', async () => {
    const { apis } = cloud.google.project;
    const many = Array.from({ length: 250 }, (_, index) => `a${String(index)}.googleapis.com`);
    for (const api of many) apis.add(api);
    const through = { CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE: 'https://serviceusage.googleapis.com/' };
    const ways = [{}, through];
    const on = await Promise.all(ways.map((env) => cloud.run(PRINTED, env)));
    apis.delete('run.googleapis.com');
    const off = await Promise.all(ways.map((env) => cloud.run(PRINTED, env)));
    for (const api of many) apis.delete(api);
    apis.add('run.googleapis.com');
    expect(on.map(({ stdout }) => stdout.includes('services enable'))).toEqual([false, false]);
    expect(off.map(({ stdout }) => stdout.includes('services enable run.googleapis.com --project'))).toEqual([
      true,
      true,
    ]);
    expect(on[1]?.stderr).toContain('Google is asked through gcloud');
  });

  it('an API that this account may not turn on is named, with who can', async () => {
    const { project } = cloud.google;
    project.apis.delete('secretmanager.googleapis.com');
    project.denied.add('serviceusage.services.enable');
    const { exitCode, stderr } = await cloud.run(['deploy', 'cloudrun', '--image', IMAGE, '--yes']);
    project.apis.add('secretmanager.googleapis.com');
    expect(stderr).toContain('Error: You may not turn on an API of the project');
    expect(stderr).toContain('gcloud services enable secretmanager.googleapis.com --project=demo-project');
    expect(stderr).toContain('--member=user:dev@example.com --role=roles/serviceusage.serviceUsageAdmin');
    expect(exitCode).toBe(4);
  });

  it('a right that a rollback, the log or a removal lacks is named, with the role and the account', async () => {
    await cloud.run([...IN_MEMORY, '--service', 'by-proxy', '--force']);
    cloud.google.project.denied.add('run.services.update');
    const { exitCode, stderr } = await cloud.run(['deploy', 'rollback', 'cloudrun', '--service', 'by-proxy']);
    expect(stderr).toContain("Error: You may not do that: Permission 'run.services.update'.");
    expect(stderr).toContain('--member=user:dev@example.com --role=roles/run.admin');
    expect(exitCode).toBe(4);
    cloud.google.project.denied.add('logging.logEntries.list');
    const logs = await cloud.run(['deploy', 'logs', 'cloudrun', '--service', 'by-proxy']);
    expect(logs.stderr).toContain('--member=user:dev@example.com --role=roles/logging.viewer');
    expect(logs.exitCode).toBe(4);
    cloud.google.project.denied.add('run.services.delete');
    const destroyed = await cloud.run(['destroy', 'cloudrun', '--service', 'by-proxy', '--yes']);
    expect(destroyed.stderr).toContain('Could not be removed: service by-proxy');
    expect(destroyed.stderr).toContain('--member=user:dev@example.com --role=roles/run.admin');
    expect(destroyed.exitCode).toBe(9);
  });

  it('who may not see who can call a service is not told that it is closed', async () => {
    const closing = [...IN_MEMORY, '--service', 'by-proxy', '--private'];
    const from = cloud.google.requests.length;
    cloud.google.project.denied.add('run.services.getIamPolicy');
    const { exitCode, stderr } = await cloud.run(closing);
    // Found before anything is created: whether there is something to close cannot be seen.
    expect(stderr).toContain('lacks this permission in demo-project: run.services.getIamPolicy.');
    expect(stderr).toContain('--member=user:dev@example.com --role=roles/run.admin');
    expect(exitCode).toBe(4);
    expect(changesIn(cloud.google, from)).toEqual([]);
    // One that this run makes lets nobody in: there is nothing to close.
    const fresh = await cloud.run([...IN_MEMORY, '--service', 'made-closed', '--private']);
    expect(fresh.stderr).not.toContain('could not be closed');
    expect(fresh.exitCode).toBe(0);
    const status = await cloud.run(['deploy', 'status', '--json', '--service', 'made-closed']);
    expect(JSON.parse(status.stdout)).toMatchObject({ data: { targets: [{}, {}, { state: 'ready' }] } });
    expect(status.stdout).not.toContain('"public"');
    expect((await cloud.run(['destroy', 'cloudrun', '--service', 'made-closed', '--yes'])).exitCode).toBe(0);
    cloud.google.project.denied.clear();
    expect((await cloud.run(closing)).exitCode).toBe(0);
  });

  it('what can be removed is, also while it is not known whether a build goes on; who may not ask has none', async () => {
    const BUILDS = /^GET cloudbuild\.googleapis\.com\/.*\/builds$/;
    inject(BUILDS, new Refusal('INVALID_ARGUMENT', 'no such filter'));
    const from = cloud.google.requests.length;
    const { exitCode, stderr } = await cloud.run(['destroy', 'cloudrun', '--service', 'by-proxy', '--yes']);
    expect(stderr).toContain('Error: Whether a build goes on is not known');
    expect(stderr).toContain('✓ removed service by-proxy');
    expect(exitCode).toBe(1);
    expect(changesIn(cloud.google, from)).toEqual([expect.stringMatching(/^DELETE .*\/services\/by-proxy/)]);
    for (const { release } of injected.splice(0)) release();
    cloud.google.project.denied.add('cloudbuild.builds.list');
    expect((await cloud.run([...IN_MEMORY, '--service', 'by-proxy'])).exitCode).toBe(0);
    const destroyed = await cloud.run(['destroy', 'cloudrun', '--service', 'by-proxy', '--yes']);
    expect(destroyed.stdout).toContain('service by-proxy');
    expect(destroyed.exitCode).toBe(0);
  });

  it('where the API of secrets is off, there is no secret to remove', async () => {
    const { apis } = cloud.google.project;
    apis.delete('secretmanager.googleapis.com');
    const deployed = await cloud.run([...IN_MEMORY, '--service', 'without-secrets']);
    const destroyed = await cloud.run(['destroy', 'cloudrun', '--service', 'without-secrets', '--yes']);
    apis.add('secretmanager.googleapis.com');
    expect(destroyed.stderr).not.toContain('Could not be removed');
    expect([deployed.exitCode, destroyed.exitCode]).toEqual([0, 0]);
  });

  it('where the API of projects is off, it is asked to be turned on, and nothing is called missing', async () => {
    const { apis } = cloud.google.project;
    const from = cloud.google.requests.length;
    apis.delete('cloudresourcemanager.googleapis.com');
    const { exitCode, stderr } = await cloud.run(IN_MEMORY);
    apis.add('cloudresourcemanager.googleapis.com');
    expect(stderr).toContain('Turn on cloudresourcemanager.googleapis.com in demo-project?');
    expect(exitCode).toBe(2);
    expect(changesIn(cloud.google, from)).toEqual([]);
  });
});
