/**
 * Kill anywhere on Google Cloud: the CLI and its gcloud die, without warning, at each change that is asked for, and the
 * change comes about although nobody hears of it. The same command again ends as if nothing had been.
 */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { changesIn, stateOf } from '../support/cloud-state.ts';
import { commandsIn, type Commands } from '../support/commands.ts';
import { residentGcloud } from '../fakes/google/resident-gcloud.ts';

const DEPLOY = ['deploy', 'cloudrun'];
const DESTROY = ['destroy', 'cloudrun', '--yes'];
const SERVICE_PUT = /^PUT \S+\/services\/redisdemo$/;

describe.skipIf(cloudMissing !== '')(`kill anywhere on Google Cloud${cloudMissing}`, () => {
  let cloud: Cloud;
  let redisdemo: Commands['redisdemo'];
  let ask: Commands['ask'];
  beforeAll(async () => {
    cloud = await openCloud();
    ({ redisdemo, ask } = commandsIn(cloud));
  });
  afterAll(async () => {
    expect(await cloud.close()).toEqual([]);
  });

  /** Dies when Google hears of the first change that matches. */
  async function dieAt(args: readonly string[], change: RegExp): Promise<void> {
    const { google, env } = cloud;
    const held = google.inject({ on: change, times: 1, act: 'hold' });
    const command = cloud.start(args);
    const end = await Promise.race([held.arrived, command]);
    expect(end, `${args.join(' ')} ended before ${String(change)}`).toBeUndefined();
    await killAll(`CLOUDSDK_CONFIG=${env['CLOUDSDK_CONFIG'] ?? ''}`);
    await (await residentGcloud()).killCalls();
    await command;
    const heard = google.requests.length;
    held.release();
    await expect.poll(() => google.requests.length).toBeGreaterThan(heard);
  }

  async function dieAtEach(args: readonly string[], changes: readonly RegExp[]): Promise<void> {
    for (const change of changes) await dieAt(args, change);
  }

  it('Ctrl-C while Google builds: a line says every 10 s how long it takes, and the end that the server goes on', async () => {
    const build = cloud.google.hold('build');
    const command = cloud.start(DEPLOY);
    const heartbeat = Promise.withResolvers<string>();
    let said = '';
    command.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const line = /^· deploy redisdemo, closed to the public.*$/m.exec(said)?.[0];
      if (line !== undefined) heartbeat.resolve(line);
    });
    expect(await heartbeat.promise).toMatch(/public \(\d+\.\d s of 30 min\)$/);
    command.kill('SIGINT');
    const { exitCode, stderr } = await command;
    expect(stderr).toContain('Error: Interrupted. Google Cloud may still finish the deployment.');
    expect(stderr).toContain('gcloud builds cancel ID --project=demo-project --region=europe-west1');
    expect(stderr).toContain('redisdemo destroy cloudrun --project demo-project');
    expect(exitCode).toBe(130);
    await redisdemo(DESTROY);
    build.release();
    expect(cloud.google.builds.map(({ status }) => status)).toEqual(['CANCELLED']);
    expect(stateOf(cloud.google)).toMatchObject(GROUND);
  });

  it('a first deployment', async () => {
    await dieAtEach(DEPLOY, [
      /^POST secretmanager\S+\/secrets$/,
      /:addVersion$/,
      /^POST secretmanager\S+:setIamPolicy$/,
      /builds:submit$/,
      /^POST \S+\/namespaces\/demo-project\/services$/,
      SERVICE_PUT,
    ]);
    expect(await ask(DEPLOY)).toMatchObject({ upToDate: true, created: [], smoke: { passed: true } });
    expect(await cloud.live()).toContain('Paul John');
    expect(stateOf(cloud.google)).toMatchObject({
      services: [{ traffic: [{ percent: 100, latest: true }], healthy: ['True', 'True'] }],
      secrets: [{ name: 'redisdemo-redispass', versions: [[1, 'ENABLED']] }],
      policies: [[{ role: 'roles/secretmanager.secretAccessor', members: { length: 1 } }]],
    });
  });

  it('the next one: deployed, promoted, let go', async () => {
    const next = [...DEPLOY, '--max', '5'];
    await dieAtEach(next, [SERVICE_PUT, SERVICE_PUT, SERVICE_PUT]);
    const before = cloud.google.requests.length;
    expect(await ask(next)).toMatchObject({ upToDate: true, created: [], smoke: { passed: true } });
    expect(changesIn(cloud.google, before)).toEqual([]);
    expect(stateOf(cloud.google)).toMatchObject({
      services: [
        {
          traffic: [
            { percent: 100, latest: true },
            { percent: 0, tag: 'previous' },
          ],
          healthy: ['True', 'True'],
        },
      ],
    });
  });

  it('the removal', async () => {
    await dieAtEach(DESTROY, [
      /^DELETE \S+\/services\/redisdemo$/,
      /^DELETE secretmanager/,
      /^DELETE artifactregistry\S+\/versions\//,
      /^DELETE storage/,
    ]);
    await redisdemo(DESTROY);
    expect(stateOf(cloud.google)).toMatchObject(GROUND);
    expect(await readdir(cloud.home).catch(() => [])).toEqual([]);
  });
});

const GROUND = { services: [], secrets: [], policies: [], archives: false, images: false };

/** Every process that was started with that variable: the CLI, and the gcloud that it had started. */
async function killAll(variable: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const killing = pids.map(async (pid) => {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (variables.split('\0').includes(variable)) process.kill(Number(pid), 'SIGKILL');
  });
  await Promise.allSettled(killing);
}
