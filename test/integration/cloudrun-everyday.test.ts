/**
 * What people do with a service on Cloud Run from day to day, with a gcloud that is set up for somebody else's work: one
 * that impersonates, prints nothing, logs everything, and has a region and a platform of its own.
 */
import { Refusal } from '../fakes/google/exchange.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaks } from '../support/secret-leaks.ts';
import { cloudMissing, openCloud, type Cloud } from '../support/cloud.ts';
import { IMAGE, pushService } from '../support/cloud-image.ts';
import { changesIn } from '../support/cloud-state.ts';
import { commandsIn, type Commands } from '../support/commands.ts';

const REGION = 'us-central1';
const DEPLOY = ['deploy', 'cloudrun', '--image', IMAGE];
const PROMOTE = ['deploy', 'promote', 'cloudrun'];
const CANARY = 'c4n4ry';
/** What shells, lists, JSON and YAML each have a meaning for. */
const VALUE = `${CANARY},a=b "q" 'q' $HOME \\t \`x\` #c: é \u{1F600}\n\u0085\u2028\u007f\u00a0`;
const CONFIGURED = [
  ...[...DEPLOY, '--private', '--memory', '1Gi', '--cpu', '2', '--concurrency', '10', '--request-timeout', '2m'],
  ...['--labels', 'team=demo', '--set-env', `API_KEY=${VALUE}`],
];
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
  /** As the result of the deployment prints it. */
  let callLine = '';
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

  it("a person's token, which is good for every service, goes to no service of another project", async () => {
    const memory = { REDISHOST: '' };
    const tokens = cloud.google.requests.length;
    const strangers = { ...SETTINGS, ...memory, REDISDEMO_PROJECT: 'not-mine' };
    const refused = await cloud.run(['smoke', '--url', url], strangers);
    expect(refused.stderr).toContain(
      'refuses the call, and gets no identity token: the services of the project not-mine',
    );
    expect(refused.stdout).toContain('status 403');
    expect(refused.exitCode).toBe(7);
    expect(cloud.google.requests.slice(tokens).filter(({ on }) => on.includes(':generateIdToken'))).toEqual([]);
    const moved = url.replace('https://', 'https://other---');
    const tagged = await cloud.run(['smoke', '--url', moved], { ...SETTINGS, ...memory });
    expect(tagged.stderr).toContain("is private: calling it with the identity token of gcloud's login");
    const login = { ...(await cloud.login('token')), CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT: RUNTIME };
    const named = await cloud.run(['smoke', '--url', url], { ...strangers, ...login });
    expect(named.exitCode).toBe(0);
  });

  const service = () => cloud.google.services()[0];
  const variables = () =>
    Object.fromEntries((service()?.template.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
  const serving = () =>
    service()
      ?.routed.filter(({ percent }) => percent > 0)
      .map(({ revision }) => revision.name);

  it('variables of any characters, limits and labels arrive; no output shows a value', async () => {
    const file = join(cloud.cwd, 'service.env');
    await writeFile(file, `LOG_REQUESTS=true\nTHIRD="${CANARY} from a file"\n`);
    const before = serving();
    const { stdout, stderr } = await redisdemo([...CONFIGURED, '--env-vars-file', file, '--no-promote', '--explain']);
    expect(stderr).toContain('"API_KEY": env.SERVICE_API_KEY');
    expect(leaks([stdout, stderr], [CANARY])).toEqual([]);
    expect(variables()).toMatchObject({ API_KEY: VALUE, LOG_REQUESTS: 'true', THIRD: `${CANARY} from a file` });
    expect(service()?.template.spec).toMatchObject({ containerConcurrency: 10, timeoutSeconds: 120 });
    expect(service()?.template.spec.containers[0]?.resources?.limits).toEqual({ cpu: '2', memory: '1Gi' });
    expect(service()?.labels).toMatchObject({ team: 'demo', redisdemo: 'cloudrun' });
    expect(stdout).toContain('11 of 11 checks');
    expect(stdout).toMatch(/^Without traffic: https:\/\/candidate---redisdemo-/m);
    expect(serving()).toEqual(before);
    callLine = /^Call it: (.*)$/m.exec(stdout)?.[1] ?? '';
  });

  it('the line of the result calls the private service', async () => {
    const called = await execa('sh', ['-c', `${callLine} --silent`], { env: cloud.env, extendEnv: false });
    expect(called.stdout).toContain('Paul John');
  });

  it('promote gives the candidate the traffic, once; status says what runs, and who deployed it', async () => {
    const [before] = serving() ?? [];
    const done = JSON.parse((await redisdemo([...PROMOTE, '--json'])).stdout) as { data: Record<string, unknown> };
    expect(done.data).toMatchObject({ changed: true, from: before, smoke: { passed: true } });
    expect(serving()).toEqual([done.data['revision']]);
    expect((await redisdemo(PROMOTE)).stdout).toContain('No candidate to promote: ');
    const { stdout } = await redisdemo(['deploy', 'status']);
    expect(stdout).toContain(`image: ${IMAGE}`);
    expect(stdout).toContain('limits: 1Gi of memory, 2 CPUs, 10 requests at once, 120 s for a request');
    expect(stdout).toContain(`Redis: redis.example.com:${String(cloud.redis.port)}`);
    expect(stdout).toMatch(/last deployment: \S+Z, by dev@example\.com/);
  });

  it('logs are read, the oldest first, also where lines are JSON, and followed until Ctrl-C', async () => {
    const { stdout } = await redisdemo(['deploy', 'logs', 'cloudrun', '--lines', '200']);
    expect(stdout).toMatch(/^\S+Z INFO {5}listening on /m);
    expect(stdout).toMatch(/^\S+Z INFO {5}GET \/users\/1 200/m);
    const times = stdout.split('\n').flatMap((line) => /^\S+Z/.exec(line)?.[0] ?? []);
    expect(times).toEqual(times.toSorted());
    const labels = { service_name: 'redisdemo', revision_name: 'redisdemo-00001-abc', location: REGION };
    const source = { type: 'cloud_run_revision', labels, log: 'run.googleapis.com/stderr' };
    const following = cloud.start(['deploy', 'logs', 'cloudrun', '-f', '--lines', '1', '--json'], SETTINGS);
    const shown: unknown[] = [];
    for await (const line of createInterface({ input: following.stdout })) {
      shown.push((JSON.parse(line) as { readonly text: unknown }).text);
      if (shown.length === 1) cloud.google.logging.write(source, { textPayload: 'next' });
      if (shown[shown.length - 1] !== 'next') continue;
      following.kill('SIGINT');
    }
    expect(shown.slice(1)).toEqual(['next']);
    expect((await following).exitCode).toBe(130);
  });

  it('whatever is in the log, it is shown as one entry each and says what failed', async () => {
    const labels = { service_name: 'redisdemo', revision_name: 'redisdemo-00001-abc', location: REGION };
    const source = { type: 'cloud_run_revision', labels, log: 'x' };
    const httpRequest = { requestMethod: 'GET', requestUrl: `${url}/slow?key=${CANARY}`, status: 504, latency: '60s' };
    const status = { code: 9, message: 'Ready condition status changed to False' };
    for (const entry of [
      { textPayload: 'one\r\ntwo \u001b[2J\r\n' },
      { textPayload: 'The request timed out.', severity: 'ERROR', httpRequest },
      { severity: 'WARNING', httpRequest: { status: 400 } },
      { severity: 'ERROR', protoPayload: { methodName: '/Services.ReplaceService', status } },
      { jsonPayload: { message: 'a key of two lines', 'a\nb': 1 } },
    ]) {
      cloud.google.logging.write(source, entry);
    }
    const { stdout } = await redisdemo(['deploy', 'logs', 'cloudrun', '--lines', '5']);
    expect(stdout.replaceAll(/^\S+Z +/gm, '')).toBe(
      'one\n  two \\x1b[2J\n' +
        'ERROR    The request timed out. request="GET /slow 504" latency="60s"\n' +
        'WARNING  400\n' +
        'ERROR    /Services.ReplaceService: Ready condition status changed to False\n' +
        'a key of two lines a\\nb=1\n',
    );
  });

  it('a value that a hand has changed, or made a secret, is set right; what is not given any more is removed and said', async () => {
    const changes = ['--update-env-vars=API_KEY=changed', '--remove-env-vars=LOG_REQUESTS'];
    const secret = '--update-secrets=LOG_REQUESTS=redisdemo-redispass:1';
    const by = ['run', 'services', 'update', 'redisdemo', `--region=${REGION}`, '--no-traffic'];
    await cloud.gcloud(...by, ...changes, secret);
    const { stdout, stderr } = await redisdemo([...CONFIGURED, '--set-env', 'LOG_REQUESTS=false', '--yes']);
    expect(stdout).toMatch(/^Deployed: /m);
    expect(stderr).toContain('will be removed: THIRD ');
    expect(variables()).toMatchObject({ API_KEY: VALUE, LOG_REQUESTS: 'false' });
    expect(variables()).not.toHaveProperty('THIRD');
    const again = await redisdemo([...CONFIGURED, '--set-env', 'LOG_REQUESTS=false']);
    expect(again.stdout).toMatch(/^Up to date: /m);
  });

  it('after a rollback a printed script refuses, as the command does; printed with --yes it asks for the variables only', async () => {
    const { stdout: moved } = await redisdemo(['deploy', 'rollback', 'cloudrun']);
    expect(moved).toContain('has the traffic again');
    const before = serving();
    const print = async (...args: readonly string[]): Promise<string> => {
      const words = [...CONFIGURED, '--set-env', 'LOG_REQUESTS=false', '--print', ...args];
      const { stdout: script } = await redisdemo(words);
      expect(leaks([script], [CANARY])).toEqual([]);
      return script;
    };
    const sh = (script: string, env: Readonly<Record<string, string>> = {}) =>
      execa('sh', { input: script, env: { ...cloud.env, ...env }, extendEnv: false, reject: false });
    const given = { SERVICE_API_KEY: VALUE, SERVICE_LOG_REQUESTS: 'false' };
    const script = await print();
    const bare = await sh(script);
    expect(bare.stderr).toContain('Set SERVICE_API_KEY to the value of API_KEY');
    expect(bare.exitCode).toBe(2);
    const refused = await sh(script, given);
    expect(refused.stderr).toMatch(/Traffic is pinned by hand, or by a rollback, to redisdemo-\d{5}-\w+ \(100 %\)\./);
    expect(refused.exitCode).toBe(2);
    expect(serving()).toEqual(before);
    // A question that Google does not answer is no "not pinned".
    const unanswered = cloud.google.inject({
      on: /^GET \S+\/services\/redisdemo$/,
      act: new Refusal('PERMISSION_DENIED', "Permission 'run.services.get' denied"),
    });
    const blind = await sh(script, given);
    unanswered.release();
    expect(blind.stderr).toMatch(/^no answer from gcloud run services describe:\n.*'run\.services\.get' denied/m);
    expect(blind.exitCode).toBe(6);
    expect(serving()).toEqual(before);
    const agreed = await sh(await print('--yes'), given);
    expect(agreed.exitCode).toBe(0);
    expect(serving()).not.toEqual(before);
    expect(variables()).toMatchObject({ API_KEY: VALUE });
  });

  it('where the ingress keeps this machine out, the startup probe has to do, and that is said', async () => {
    const { stdout, stderr } = await redisdemo([...DEPLOY, '--ingress', 'internal', '--yes']);
    expect(stdout).toMatch(/^Deployed: /m);
    expect(stderr).toContain('The ingress of the service keeps this machine out');
    expect((await cloud.google.fetch(`${url}/users/1`)).status).toBe(404);
  });
});
