/** Cloud Run is a target like the others: up, status and down know it, and what this state folder has deployed to it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, REGION, SERVICE, type Cloud } from '../support/cloud.ts';
import { changesIn } from '../support/cloud-state.ts';

/** Without Docker, of which these commands say that it is away: exit code 3. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent.sock' };
const WHERE = `${SERVICE} in demo-project, ${REGION}`;

interface Row {
  readonly name: string;
  readonly state: string;
  readonly where?: string;
}

describe.skipIf(cloudMissing !== '')(`the stage Cloud Run${cloudMissing}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await openCloud();
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  async function statusOfCloudRun(): Promise<readonly Row[]> {
    const { stdout } = await cloud.run(['status', '--json'], NO_ENGINE);
    const { error } = JSON.parse(stdout) as { error: { details: { stages: readonly Row[] } } };
    return error.details.stages.filter(({ name }) => name === 'cloudrun');
  }

  it('a database that it cannot reach is refused before anything is created, with those that it reaches', async () => {
    const { exitCode, stderr } = await cloud.run(['up', '--db', 'stack', '--on', 'cloudrun'], NO_ENGINE);
    expect(stderr).toContain('cloudrun cannot reach the database stack, which runs on this machine.');
    expect(stderr).toContain('memory, url (the Redis given below)');
    expect(exitCode).toBe(2);
    expect(changesIn(cloud.google)).toEqual([]);
  });

  it('status asks Google nothing where nothing was deployed from here', async () => {
    const from = cloud.google.requests.length;
    expect(await statusOfCloudRun()).toEqual([{ name: 'cloudrun', state: 'absent' }]);
    expect(cloud.google.requests.slice(from)).toEqual([]);
  });

  it('up deploys to it and proves it; a second up only asks', async () => {
    const up = ['up', '--db', 'url', '--on', 'cloudrun', '--region', REGION];
    const { exitCode, stdout, stderr } = await cloud.run(up, NO_ENGINE);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('11 of 11 checks');
    expect(cloud.google.services().map(({ name, region }) => [name, region])).toEqual([[SERVICE, REGION]]);
    const from = cloud.google.requests.length;
    expect((await cloud.run(up, NO_ENGINE)).stdout).toContain('Up to date');
    expect(changesIn(cloud.google, from)).toEqual([]);
  });

  it('status finds it by the journal, wherever gcloud and the environment point to', async () => {
    const { stdout } = await cloud.run(['status'], { ...NO_ENGINE, REDISDEMO_PROJECT: 'another-project' });
    expect(stdout).toMatch(new RegExp(`^cloudrun +ready +${WHERE}$`, 'm'));
    expect(await statusOfCloudRun()).toEqual([{ name: 'cloudrun', state: 'ready', where: WHERE }]);
  });

  it('down names it before it deletes it, and needs a yes', async () => {
    const { exitCode, stderr } = await cloud.run(['down'], NO_ENGINE);
    expect(stderr).toContain(`This deletes the service ${SERVICE} on Cloud Run (demo-project, ${REGION})`);
    expect(exitCode).toBe(2);
    expect(cloud.google.services()).toHaveLength(1);
  });

  it('down --yes removes it, its secret and its images, and then knows nothing of it', async () => {
    await cloud.run(['down', '--yes'], NO_ENGINE);
    expect(cloud.google.services()).toEqual([]);
    expect([...cloud.google.secrets.keys()]).toEqual([]);
    expect(cloud.google.registry.images()).toEqual([]);
    expect(await statusOfCloudRun()).toEqual([{ name: 'cloudrun', state: 'absent' }]);
  });
});
