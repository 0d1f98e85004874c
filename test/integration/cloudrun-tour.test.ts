/** The rung of Cloud Run: walked when a project is named, with a service of its own, and nothing stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../cloud.ts';
import { stateOf } from '../cloud-state.ts';

describe.skipIf(cloudMissing !== '')(`redisdemo tour with a project${cloudMissing}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await openCloud();
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  const ground = { services: [], secrets: [], policies: [], archives: false, images: false };

  it('is interrupted while Google deploys: what was made so far goes, and what may come is said', async () => {
    const revision = cloud.google.hold('revision');
    const tour = cloud.start(['tour']);
    await Promise.race([revision.reached, tour]);
    tour.kill('SIGINT');
    revision.release();
    const { exitCode, stderr } = await tour;
    expect(stderr).toContain('a build may still go on; what it leaves goes with: redisdemo destroy cloudrun');
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
});
