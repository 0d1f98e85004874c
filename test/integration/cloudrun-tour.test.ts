/** The rung of Cloud Run: walked when a project is named, with a service of its own, and nothing stays. */
import { Refusal } from '../fakes/google/exchange.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { stateOf } from '../support/cloud-state.ts';

describe.skipIf(cloudMissing !== '')(`redisdemo tour with a project${cloudMissing}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await openCloud();
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  const ground = { services: [], secrets: [], policies: [], archives: false, images: false };

  it('is interrupted while Google builds: what was made so far goes, and the build is cancelled', async () => {
    const build = cloud.google.hold('build');
    const tour = cloud.start(['tour']);
    await Promise.race([build.reached, tour]);
    tour.kill('SIGINT');
    const { exitCode, stderr } = await tour;
    build.release();
    expect(stderr).toContain('✓ removed build ');
    expect(cloud.google.builds.map(({ status }) => status)).toEqual(['CANCELLED']);
    expect(exitCode).toBe(130);
    expect(stateOf(cloud.google)).toMatchObject(ground);
  });

  it('passes its smoke test there, and takes all of it away', async () => {
    const { exitCode, stdout } = await cloud.run(['tour', '--json'], { DOCKER_HOST: 'unix:///nowhere.sock' });
    const { rungs } = (JSON.parse(stdout) as { data: { rungs: readonly { readonly rung: string }[] } }).data;
    expect(rungs.at(-1)).toMatchObject({ rung: 'url × cloudrun', outcome: 'passed', leftBehind: [] });
    expect(exitCode).toBe(0);
    expect(cloud.google.requests.some(({ on }) => on.endsWith('/services/redisdemo-tour'))).toBe(true);
    expect(stateOf(cloud.google)).toMatchObject(ground);
  });

  it('says how to remove what --keep leaves there, and that command removes it', async () => {
    const kept = await cloud.run(['tour', '--keep'], { DOCKER_HOST: 'unix:///nowhere.sock' });
    const [, command = ''] = /Remove what was kept with: redisdemo (destroy cloudrun .*)/.exec(kept.stdout) ?? [];
    expect((await cloud.run([...command.split(' '), '--yes'])).exitCode).toBe(0);
    expect(stateOf(cloud.google)).toMatchObject(ground);
  });

  it('says why it failed, and that everything may be left, where that cannot be found out', async () => {
    cloud.google.project.buildFailure = ['npm error code E404'];
    const refusal = new Refusal('PERMISSION_DENIED', "Permission 'storage.objects.list' denied");
    const unlisted = cloud.google.inject({ on: /^GET storage\.googleapis\.com\S+\/o$/, act: refusal });
    const { exitCode, stdout, stderr } = await cloud.run(['tour', '--json'], { DOCKER_HOST: 'unix:///nowhere.sock' });
    unlisted.release();
    cloud.google.project.buildFailure = undefined;
    const { rungs } = (JSON.parse(stdout) as { error: { details: { rungs: readonly object[] } } }).error.details;
    expect(rungs.at(-1)).toMatchObject({ outcome: 'failed', reason: 'Google could not build the image.' });
    expect(stderr).toMatch(
      /still on Google Cloud: perhaps everything that was made \(.+\)\. Remove it: redisdemo destroy/,
    );
    expect(exitCode).not.toBe(0);
    const place = ['--project', 'demo-project', '--region', 'europe-west1', '--service', 'redisdemo-tour'];
    expect((await cloud.run(['destroy', 'cloudrun', ...place, '--yes'])).exitCode).toBe(0);
    expect(stateOf(cloud.google)).toMatchObject(ground);
  });
});
