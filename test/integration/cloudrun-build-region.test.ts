/**
 * Where the project may not build in the region of the service: `--build-region` has the image built in another one, with
 * the real gcloud, and the rest is as ever. A printed script does the same.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { changesIn, stateOf } from '../support/cloud-state.ts';
import { commandsIn } from '../support/commands.ts';

const BUILDER = '123456789012-compute@developer.gserviceaccount.com';
const DEPLOY = ['deploy', 'cloudrun', '--db', 'memory', '--build-service-account', BUILDER];
const THERE = [...DEPLOY, '--build-region', 'us-central1'];
const DESTROY = ['destroy', 'cloudrun', '--yes'];
const GROUND = { services: [], secrets: [], archives: false, images: false };

describe.skipIf(cloudMissing !== '')(`an image that is built in another region${cloudMissing}`, () => {
  let one: Cloud;
  let other: Cloud;
  beforeAll(async () => {
    one = await openCloud();
    other = await openCloud({ redis: one.redis });
    for (const { google } of [one, other]) google.project.closedToBuilds.add('europe-west1');
  });
  afterAll(async () => {
    expect([...(await other.close()), ...(await one.close())]).toEqual([]);
  });

  it('where the region of the service is closed to builds, the way out is named', async () => {
    const { exitCode, stderr } = await one.run(DEPLOY);
    expect(stderr).toContain('Google does not let this project build in the region.');
    expect(stderr).toContain('--build-region us-central1');
    expect(exitCode).toBe(3);
  });

  it('it is built there, deployed by its digest and proven', async () => {
    const { google } = one;
    const { stdout } = await commandsIn(one).redisdemo(THERE);
    expect(stdout).toContain('11 of 11 checks passed');
    const [build] = google.builds;
    expect(build).toMatchObject({ location: 'us-central1', status: 'SUCCESS', tags: ['service_redisdemo'] });
    const image = google.services()[0]?.template.spec.containers[0]?.image;
    expect(image).toBe(
      `europe-west1-docker.pkg.dev/demo-project/cloud-run-source-deploy/redisdemo@${build?.digest ?? ''}`,
    );
    expect(await one.live()).toContain('Paul John');
  });

  it('what was built is not built again: not for the same deployment, and not for other settings', async () => {
    const { google } = one;
    const from = google.requests.length;
    expect(await commandsIn(one).ask(THERE)).toMatchObject({ upToDate: true, created: [] });
    expect(changesIn(google, from)).toEqual([]);
    await commandsIn(one).redisdemo([...THERE, '--max', '5']);
    expect(google.builds).toHaveLength(1);
  });

  it('a build that fails there is explained with its own log, and the old revision keeps serving', async () => {
    const { google, run } = one;
    google.project.buildFailure = ['toomanyrequests: You have reached your unauthenticated pull rate limit.'];
    const { exitCode, stderr } = await run([...THERE, '--force']);
    google.project.buildFailure = undefined;
    expect(stderr).toContain("Docker Hub refused the build's base image");
    expect(stderr).toContain('builds;region=us-central1');
    expect(exitCode).toBe(3);
    expect(await one.live()).toContain('Paul John');
  });

  it('Ctrl-C while it is built: destroy stops the build and leaves nothing', async () => {
    const { google } = one;
    const held = google.hold('build');
    const command = one.start([...THERE, '--force']);
    await Promise.race([held.reached, command]);
    command.kill('SIGINT');
    const { exitCode, stderr } = await command;
    expect(stderr).toContain('gcloud builds cancel ID --project=demo-project --region=us-central1');
    expect(exitCode).toBe(130);
    await commandsIn(one).redisdemo(DESTROY);
    held.release();
    expect(google.builds.at(-1)).toMatchObject({ location: 'us-central1', status: 'CANCELLED' });
    expect(stateOf(google)).toMatchObject(GROUND);
    expect(google.storage.objects()).toEqual([]);
  });

  it('the printed script asks for the same', async () => {
    const from = one.google.requests.length;
    const { stderr } = await commandsIn(one).redisdemo([...THERE, '--explain']);
    const { stdout: script } = await commandsIn(other).redisdemo([...THERE, '--print']);
    expect(changesIn(other.google)).toEqual([]);
    // What is explained is broken at flags.
    const [submit = ''] = /^.*gcloud builds submit .*$/m.exec(stderr.replaceAll(/ \\\n\s*/g, ' ')) ?? [];
    expect(script).toContain(submit.replace(/^.*?(?=gcloud)/, ''));
    const file = join(other.cwd, 'x.sh');
    await writeFile(file, script);
    const { PATH = '' } = process.env;
    const made = await execa('sh', [file], { env: { PATH, ...other.env }, extendEnv: false, reject: false, all: true });
    expect(made.exitCode, made.all).toBe(0);
    // The other project has never had the repository and the bucket.
    const anew = /\/repositories | \S+\/storage\/v1\/b /;
    expect(changesIn(other.google).filter((change) => !anew.test(change))).toEqual(
      changesIn(one.google, from).filter((change) => !anew.test(change)),
    );
    expect(stateOf(other.google)).toEqual(stateOf(one.google));
  });
});
