/**
 * What people do with a service on Cloud Run from day to day, with a gcloud that is set up for somebody else's work: one
 * that impersonates, prints nothing, logs everything, and has a region and a platform of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../cloud.ts';
import { IMAGE, pushService } from '../cloud-image.ts';
import { changesIn } from '../cloud-state.ts';
import { commandsIn, type Commands } from '../commands.ts';

const REGION = 'us-central1';
const DEPLOY = ['deploy', 'cloudrun', '--image', IMAGE];
const RUNTIME = '123456789012-compute@developer.gserviceaccount.com';
/** Properties that change what gcloud prints, where it looks, and what it talks to. */
const SETTINGS = {
  CLOUDSDK_CORE_DEFAULT_FORMAT: 'json',
  CLOUDSDK_CORE_LOG_HTTP: 'true',
  CLOUDSDK_CORE_SHOW_STRUCTURED_LOGS: 'always',
  CLOUDSDK_CORE_USER_OUTPUT_ENABLED: 'false',
  CLOUDSDK_CORE_VERBOSITY: 'debug',
  CLOUDSDK_RUN_PLATFORM: 'gke',
  CLOUDSDK_RUN_REGION: REGION,
};

describe.skipIf(cloudMissing !== '')(`Cloud Run from day to day${cloudMissing}`, () => {
  let cloud: Cloud;
  let redisdemo: Commands['redisdemo'];
  let url = '';
  beforeAll(async () => {
    cloud = await openCloud();
    const run: Cloud['run'] = (args, env) => cloud.run(args, { ...SETTINGS, ...env });
    ({ redisdemo } = commandsIn({ run }));
    await pushService(cloud.google);
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  it('a login without identity tokens is refused before anything is created, with the way out', async () => {
    const from = cloud.google.requests.length;
    const { exitCode, stderr } = await cloud.run(DEPLOY, { ...SETTINGS, ...(await cloud.login('token')) });
    expect(stderr).toMatch(/^Error: gcloud cannot print an identity token/m);
    expect(stderr).toContain('export CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT=NAME@');
    expect(exitCode).toBe(4);
    expect(changesIn(cloud.google, from)).toEqual([]);
  });

  it('with that way out it deploys, closed, in the region that gcloud is set to, whatever gcloud is told to print', async () => {
    const login = { ...(await cloud.login('token')), CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT: RUNTIME };
    const { stdout, stderr } = await redisdemo([...DEPLOY, '--private'], login);
    expect(stderr).toContain(`acting as ${RUNTIME}; project demo-project, region ${REGION}`);
    expect(stdout).toContain('11 of 11 checks');
    expect(cloud.google.services().map(({ region }) => region)).toEqual([REGION]);
    url = /https:\S+run\.app/.exec(stdout)?.[0] ?? '';
  });

  it('smoke gets a token by itself for a private service, also while it waits, and never shows the page of a front end', async () => {
    const memory = { REDISHOST: '' };
    const { stdout, stderr } = await redisdemo(['smoke', '--url', url, '--wait', '1m'], memory);
    expect(stdout).toContain('11 of 11 checks');
    expect(stderr).toContain("is private: calling it with the identity token of gcloud's login");
    cloud.google.project.denied.add('run.routes.invoke');
    const refused = await cloud.run(['smoke', '--url', url], { ...SETTINGS, ...memory });
    cloud.google.project.denied.delete('run.routes.invoke');
    expect(refused.stdout).toContain('got      status 403 with an HTML page, "403 Forbidden"');
    expect(refused.stdout + refused.stderr).not.toMatch(/<\/?\w|redisdemo serve/);
    expect(refused.stderr).toContain("gcloud's login needs roles/run.invoker");
    expect(refused.exitCode).toBe(7);
  });
});
