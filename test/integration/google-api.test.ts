/** The stand-in for Google Cloud asked over its REST APIs: what does not need gcloud, and what gcloud would be slow for. */
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { opensslMissing } from '../support/certificates.ts';
import { startGoogle, type Google, type GoogleOptions } from '../fakes/google/google.ts';
import type { ContainerSpec, TrafficTarget } from '../fakes/google/knative.ts';
import { parseLogFilter } from '../fakes/google/log-filter.ts';
import { answerWrongly, crashAtStart, listenElsewhere } from '../fakes/google/tamper.ts';

const SAMPLE = fileURLToPath(new URL('../fakes/google/sample/', import.meta.url));
const SPACE = 'https://europe-west1-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/demo-project';
const SERVICE = `${SPACE}/services/sample`;
const PLACE = 'https://run.googleapis.com/v1/projects/demo-project/locations/europe-west1';
const IMAGE = 'europe-west1-docker.pkg.dev/demo-project/demo/sample:1';
const LIVE = 'https://sample-123456789012.europe-west1.run.app';
/** For what never listens. */
const IMPATIENT = { startLimitMs: 500 };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ServiceJson {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>>; readonly resourceVersion: string };
  readonly spec: { readonly template: unknown; readonly traffic: readonly TrafficTarget[] };
  readonly status: {
    readonly conditions: readonly Condition[];
    readonly traffic: readonly (TrafficTarget & { readonly url?: string })[];
    readonly latestCreatedRevisionName: string;
  };
}

interface Sent {
  readonly status: number;
  readonly json: unknown;
}

interface Wanted {
  readonly container?: Partial<ContainerSpec>;
  readonly traffic?: readonly TrafficTarget[];
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Api {
  readonly google: Google;
  readonly send: (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) => Promise<Sent>;
  /** Creates the service, or replaces it, and resolves when it is settled. Public unless told otherwise. */
  readonly deploy: (wanted?: Wanted) => Promise<ServiceJson>;
}

async function open(options: GoogleOptions = {}): Promise<Api> {
  const google = await startGoogle(options);
  onTestFinished(async () => {
    await google.stop();
    expect([...google.unplayed, ...google.strangers, ...google.crashes]).toEqual([]);
  });
  await google.pushImage(IMAGE, SAMPLE);
  const headers = {
    authorization: `Bearer ${google.tokens.issueAccess('dev@example.com')}`,
    'content-type': 'application/json',
  };
  const send: Api['send'] = async (method, url, body) => {
    const { status, text } = await google.fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status, json: JSON.parse(text) as unknown };
  };
  return { google, send, deploy: (wanted = {}) => deploy(send, wanted) };
}

async function deploy(send: Api['send'], wanted: Wanted): Promise<ServiceJson> {
  const isThere = (await send('GET', SERVICE)).status === 200;
  const sent = await send(isThere ? 'PUT' : 'POST', isThere ? SERVICE : `${SPACE}/services`, request(wanted));
  expect(sent.status, JSON.stringify(sent.json)).toBe(200);
  const operation = (sent.json as ServiceJson).metadata.annotations['run.googleapis.com/operation-id'] ?? '';
  const region = PLACE.replace('//run', '//europe-west1-run');
  const { json } = await send('POST', `${region}/operations/${operation}:wait`, {});
  expect(json).toMatchObject({ done: true });
  return (json as { response: ServiceJson }).response;
}

function request({ container = {}, traffic = [{ latestRevision: true, percent: 100 }], annotations }: Wanted): unknown {
  const open = { 'run.googleapis.com/invoker-iam-disabled': 'true' };
  return {
    metadata: { name: 'sample', annotations: annotations ?? open },
    spec: { template: { spec: { containers: [{ image: IMAGE, ...container }] } }, traffic },
  };
}

const word = (value: string): Partial<ContainerSpec> => ({ env: [{ name: 'WORD', value }] });

async function wordAt({ fetch }: Google, url = LIVE): Promise<string> {
  const { status, text } = await fetch(url);
  return status === 200 ? (JSON.parse(text) as { word: string }).word : String(status);
}

describe.skipIf(opensslMissing !== '')(`the APIs of the stand-in for Google${opensslMissing}`, () => {
  test('traffic is divided as the percents say, and moves without a failed request', async () => {
    const { google, deploy } = await open();
    const first = await deploy({ container: word('one') });
    const revisionName = first.status.latestCreatedRevisionName;
    const split: TrafficTarget[] = [
      { revisionName, percent: 70 },
      { latestRevision: true, percent: 30, tag: 'new' },
    ];
    const second = await deploy({ container: word('two'), traffic: split });
    const words = await Promise.all(Array.from({ length: 100 }, () => wordAt(google)));
    expect(words.filter((one) => one === 'one')).toHaveLength(70);
    expect(words.filter((one) => one === 'two')).toHaveLength(30);
    expect(await wordAt(google, second.status.traffic.find(({ tag }) => tag === 'new')?.url)).toBe('two');

    const seen = new Set<string>();
    const isMoved = deploy({ container: word('two') }).then(() => true);
    const ask = async (): Promise<boolean> => {
      seen.add(await wordAt(google));
      return false;
    };
    while (!(await Promise.race([isMoved, ask()])));
    expect([...seen].filter((one) => !['one', 'two'].includes(one))).toEqual([]);
    expect(await wordAt(google)).toBe('two');
  });

  test('an instance without traffic is stopped, and started again for a rollback', async () => {
    const { google, deploy } = await open();
    const first = await deploy({ container: word('one') });
    await deploy({ container: word('two') });
    const [old] = google.services()[0]?.revisions ?? [];
    expect(old?.container).toBeUndefined();
    const back = [{ revisionName: first.status.latestCreatedRevisionName, percent: 100 }];
    await deploy({ container: word('two'), traffic: back });
    expect(await wordAt(google)).toBe('one');
  });

  test.each([
    ['crashes at the start', { tamper: crashAtStart }, {}, 'failed to start and listen on the port'],
    ['listens elsewhere', { tamper: listenElsewhere, ...IMPATIENT }, {}, 'failed to start and listen on the port'],
    [
      'listens on its own loopback',
      IMPATIENT,
      { env: [{ name: 'LISTEN_HOST', value: '127.0.0.1' }] },
      'failed to start and',
    ],
    ['fails its probe', {}, { startupProbe: { httpGet: { path: '/nowhere' } } }, 'failed the configured startup probe'],
    ['is of another architecture', { architecture: 'arm64' }, {}, 'failed to start and listen on the port'],
    ['is not there', {}, { image: `${IMAGE}23` }, 'not found'],
    [
      'has a secret that it may not read',
      {},
      { env: [{ name: 'WORD', valueFrom: { secretKeyRef: { name: 'pass', key: '1' } } }] },
      'Permission denied on secret: projects/123456789012/secrets/pass/versions/1',
    ],
  ])('a container that %s gets no traffic, and its service says so', async (_, circumstances, container, text) => {
    const { google, deploy } = await open();
    await deploy({ container: word('one') });
    Object.assign(google.project, circumstances);
    await google.pushImage(IMAGE, SAMPLE);
    const { status } = await deploy({ container: { ...word('two'), ...container } });
    const [ready] = status.conditions;
    expect(ready).toMatchObject({ type: 'Ready', status: 'False' });
    expect(ready?.message).toMatch(/^Revision 'sample-00002-\w+' is not ready and cannot serve traffic\. /);
    expect(ready?.message).toContain(text);
    expect(await wordAt(google)).toBe('one');
  });

  test('the tag of a revision that failed spoils every later change until it is taken away', async () => {
    const { google, deploy } = await open();
    const first = await deploy({ container: word('one') });
    const live = { revisionName: first.status.latestCreatedRevisionName, percent: 100 };
    google.project.tamper = crashAtStart;
    const second = await deploy({ container: word('two'), traffic: [live] });
    google.project.tamper = undefined;
    const tagged = { revisionName: second.status.latestCreatedRevisionName, tag: 'candidate' };
    const third = await deploy({ container: word('three'), traffic: [live, tagged] });
    expect(third.status.conditions.map(({ status }) => status)).toEqual(['False', 'True', 'False']);
    expect(third.status.traffic).toEqual([live]);
    const cleared = await deploy({ container: word('three') });
    expect(cleared.status.conditions.map(({ status }) => status)).toEqual(['True', 'True', 'True']);
    expect(await wordAt(google)).toBe('three');
  });

  test('a container that answers wrongly is taken for healthy', async () => {
    const { google, deploy } = await open();
    google.project.tamper = answerWrongly;
    expect((await deploy()).status.conditions[0]).toMatchObject({ type: 'Ready', status: 'True' });
    expect((await google.fetch(`${LIVE}/users/1`)).text).toBe('{"status":"ok","url":"/users/1"}');
  });

  test('builds, revisions and removals wait while they are held', async () => {
    const { google, send, deploy } = await open();
    const revision = google.hold('revision');
    const deployed = deploy();
    await revision.reached;
    expect((await send('GET', SERVICE)).json).toMatchObject({ status: { observedGeneration: 0 } });
    expect(google.services()[0]?.routes).toBe('Unknown');
    revision.release();
    await deployed;
    const removal = google.hold('removal');
    await send('DELETE', SERVICE);
    await removal.reached;
    expect((await send('GET', SERVICE)).status).toBe(200);
    removal.release();
    await expect.poll(async () => (await send('GET', SERVICE)).status).toBe(404);
  });

  test('a request is held, or done while its answer is lost', async () => {
    const { google, send, deploy } = await open();
    await deploy();
    const held = google.inject({ on: /^GET .*services\/sample$/, act: 'hold' });
    const asked = send('GET', SERVICE);
    await held.arrived;
    held.release();
    expect((await asked).status).toBe(200);
    google.inject({ on: /^DELETE/, times: 1, act: 'lose' });
    await expect(send('DELETE', SERVICE)).rejects.toThrow();
    await expect.poll(() => google.services()).toEqual([]);
    expect(google.requests.at(-1)).toMatchObject({ on: expect.stringMatching(/^DELETE/) as string, status: 0 });
  });

  test('a service is written by its last version only, and a dry run writes nothing', async () => {
    const { google, send, deploy } = await open();
    expect((await send('POST', `${SPACE}/services?dryRun=all`, request({}))).status).toBe(200);
    expect(google.services()).toEqual([]);
    const { metadata, spec } = await deploy();
    const again = { metadata: { ...metadata, name: 'sample' }, spec };
    expect((await send('PUT', SERVICE, again)).status).toBe(200);
    expect((await send('PUT', SERVICE, again)).json).toMatchObject({ error: { status: 'ABORTED' } });
    expect(google.services()[0]?.revisions).toHaveLength(1);
  });

  test('a change of who may call a service takes some requests to arrive', async () => {
    const { google, send, deploy } = await open();
    google.project.propagation = 2;
    await deploy({ annotations: {} });
    expect(await wordAt(google)).toBe('403');
    const policy = { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] };
    expect((await send('POST', `${PLACE}/services/sample:setIamPolicy`, { policy })).status).toBe(200);
    expect([await wordAt(google), await wordAt(google), await wordAt(google)]).toEqual(['403', '403', '']);
  });

  test.each([
    ['an account that may not be used', (google: Google) => google.project.denied.add('iam.serviceAccounts.actAs'), {}],
    ['a name that is taken', () => undefined, { container: { env: [{ name: 'PORT', value: '1' }] } }],
    ['traffic that is not whole', () => undefined, { traffic: [{ latestRevision: true, percent: 90 }] }],
    ['an open door', (google: Google) => google.project.constraints.add('run.managed.requireInvokerIam'), {}],
    ['no way to open a door', (google: Google) => google.project.denied.add('run.services.setIamPolicy'), {}],
  ])('a service with %s is refused', async (_, prepare, wanted) => {
    const { google, send } = await open();
    prepare(google);
    const { status, json } = await send('POST', `${SPACE}/services`, request(wanted));
    expect([400, 403], JSON.stringify(json)).toContain(status);
    expect(google.services()).toEqual([]);
  });
});

describe('filters of Cloud Logging', () => {
  const entry = { severity: 'ERROR', resource: { type: 'run', labels: { name: 'a b' } }, textPayload: 'It broke' };

  test.each([
    ['', true],
    ['resource.type="run" AND resource.labels.name="a b"', true],
    ['resource.type=run severity>=WARNING', true],
    ['severity>ERROR', false],
    ['textPayload:"broke" -resource.type="run"', false],
    ['(severity=INFO OR severity=ERROR) NOT resource.type=build', true],
    ['jsonPayload.message:"x"', false],
  ])('%s is %s', (filter, matches) => {
    expect(parseLogFilter(filter)(entry)).toBe(matches);
  });

  test.each(['severity>=', '(severity=INFO', 'alone', 'a="b'])('%s cannot be read', (filter) => {
    expect(() => parseLogFilter(filter)).toThrow('Unparseable filter');
  });
});
