/** What comes from Google, or from something in its place, never becomes a bug: it is read, or it is a Problem. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, ok, type Answer } from '../../src/plan/answer.ts';
import { isReady as holdsNow } from '../../src/plan/plan.ts';
import type { HttpRequest, Systems } from '../../src/plan/systems.ts';
import { Problem } from '../../src/problem.ts';
import { callSystem } from '../../src/systems/calls/calls.ts';
import { defaultBuilder, mayBuild } from '../../src/targets/cloudrun/build/builder.ts';
import { newestBuild } from '../../src/targets/cloudrun/build/builds.ts';
import { unanswered } from '../../src/targets/cloudrun/failures/failures.ts';
import { wordsOf } from '../../src/targets/cloudrun/failures/said.ts';
import { clientOf } from '../../src/targets/cloudrun/google/client.ts';
import { openGoogle, type GoogleApi } from '../../src/targets/cloudrun/google/google-api.ts';
import { identityIfAsked } from '../../src/targets/cloudrun/google/identity.ts';
import { read, readWithoutGcloud } from '../../src/targets/cloudrun/google/read.ts';
import { wayTo } from '../../src/targets/cloudrun/google/way.ts';
import { enablePlan } from '../../src/targets/cloudrun/preflight/enabling.ts';
import { readLog } from '../../src/targets/cloudrun/service/logs.ts';
import { previousOf, readyOf, sinceOf } from '../../src/targets/cloudrun/service/service.ts';
import { isReady, readRevisions, readState } from '../../src/targets/cloudrun/service/state.ts';
import { googleAnswering } from '../support/google-api.ts';
import { silentReport } from '../support/silent-report.ts';

const PLACE = { project: 'demo-project', region: 'europe-west1', service: 'redisdemo' };
const WORKING = { report: silentReport, signal: new AbortController().signal };

const INFO = {
  basic: { version: '528.0.0' },
  config: { account: 'dev@example.com', project: 'demo-project', properties: {} },
};

/** A service as it is, of which any part may be anything. */
const anything = fc.jsonValue({ maxDepth: 3 });
const orAnything = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: anything, weight: 1 });
const text = orAnything(fc.constantFrom('redisdemo', '2026-01-01T00:00:00Z', 'True', ''));
const service = orAnything(
  fc.record(
    {
      metadata: orAnything(
        fc.record(
          {
            name: text,
            creationTimestamp: text,
            generation: orAnything(fc.integer()),
            labels: orAnything(fc.constant({ redisdemo: 'cloudrun' })),
            annotations: orAnything(fc.constant({ 'run.googleapis.com/urls': '[' })),
          },
          { requiredKeys: [] },
        ),
      ),
      status: orAnything(
        fc.record(
          {
            url: text,
            latestReadyRevisionName: text,
            conditions: orAnything(fc.array(orAnything(fc.record({ type: fc.constant('Ready'), status: text })))),
            traffic: orAnything(fc.array(orAnything(fc.record({ revisionName: text, percent: orAnything(fc.nat()) })))),
          },
          { requiredKeys: [] },
        ),
      ),
      items: orAnything(fc.array(anything)),
      bindings: orAnything(fc.array(anything)),
      builds: anything,
      serviceAccountEmail: text,
    },
    { requiredKeys: [] },
  ),
);

function answering(value: unknown): GoogleApi {
  return googleAnswering(() => ok(value));
}

/** Every reader of an answer, and what is asked of what it gives. */
async function readAll(google: GoogleApi): Promise<void> {
  const state = await readState(PLACE, google).catch(problem);
  if (state) {
    const { service: found } = state;
    for (const use of [sinceOf, previousOf, readyOf]) use(found);
  }
  const revisions = await readRevisions(PLACE, google).catch(problem);
  revisions?.map(isReady);
  await Promise.all([
    defaultBuilder(PLACE, google),
    mayBuild('demo-project', 'a@b.c', google),
    newestBuild(PLACE, google),
  ]);
}

function problem(error: unknown): undefined {
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).code).not.toBe('bug');
}

describe('an answer of any shape', () => {
  it('of an API is read, or is a Problem', async () => {
    await fc.assert(
      fc.asyncProperty(service, async (value) => {
        await readAll(answering(value));
      }),
      { numRuns: 400 },
    );
  });

  it("of gcloud about itself is read, or is a Problem that shows none of gcloud's properties", () => {
    fc.assert(
      fc.property(anything, (properties) => {
        const printed = JSON.stringify({ ...INFO, config: { ...INFO.config, properties } });
        try {
          wayTo('https://europe-west1-run.googleapis.com/', clientOf(printed));
        } catch (error) {
          problem(error);
        }
      }),
    );
  });

  it.each([
    [200, '<!doctype html><html><head><title>Log in</title></head></html>', 'not_google'],
    [302, '', 'not_google'],
    [404, '<html><title>Not found</title></html>', 'not_google'],
    [403, '{"error":"blocked by the proxy"}', 'not_google'],
    [403, '{"error":{"code":403,"message":"no"}}', 'PERMISSION_DENIED'],
    [403, '{"error":{"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}', 'SERVICE_DISABLED'],
    [404, '{"error":{"message":"gone"}}', 'absent'],
    [401, '{"error":{"message":null,"status":7}}', 'UNAUTHENTICATED'],
  ])('with status %i and %s is %s', async (status, body, kind) => {
    const answer = await (
      await open(() => ok({ status, headers: {}, text: body }))
    ).ask(readWithoutGcloud('https://run.googleapis.com/v1', {}));
    expect(answer.kind === 'failed' ? answer.code : answer.kind).toBe(kind);
  });
});

describe('a refusal of an API', () => {
  const url = 'https://run.googleapis.com/v1';
  const refused: Send = () => ok({ status: 403, headers: {}, text: '{"error":{"message":"no right"}}' });

  it('is asked of gcloud too, which sends more than a token', async () => {
    const google = await open(refused);
    expect(await google.ask(read(['projects', 'list'], url))).toEqual(ok({ from: 'gcloud' }));
  });

  it('is one where gcloud is refused as well, in the words of the API', async () => {
    const google = await open(refused, {}, () => Promise.resolve(failed('ERROR: (gcloud.x) PERMISSION_DENIED: never')));
    expect(await google.ask(read(['projects', 'list'], url))).toEqual(
      failed('no right', { code: 'PERMISSION_DENIED' }),
    );
  });
});

describe('the way to Google', () => {
  const ca = { custom_ca_certs_file: { value: '/ca.pem' } };
  const proxy = { type: { value: 'http' }, address: { value: 'proxy' }, port: { value: '3128' } };
  it.each([
    ['nothing is set: the environment decides', {}, {}],
    ['a proxy', { proxy }, { proxy: { url: 'http://proxy:3128' } }],
    [
      'a proxy with a login',
      { proxy: { ...proxy, username: { value: 'a@b' }, password: { value: 'p:/?' } } },
      { proxy: { url: 'http://a%40b:p%3A%2F%3F@proxy:3128' } },
    ],
    ['a SOCKS proxy', { proxy: { ...proxy, type: { value: 'socks5' } } }, { proxy: { url: 'socks5h://proxy:3128' } }],
    [
      'one that does not look up names',
      { proxy: { ...proxy, type: { value: 'socks5' }, rdns: { value: 'false' } } },
      { proxy: { url: 'socks5://proxy:3128' } },
    ],
    ['an authority', { core: ca }, { trust: { kind: 'authority', file: '/ca.pem' } }],
    [
      'no check of certificates',
      { auth: { disable_ssl_validation: { value: 'True' } } },
      { trust: { kind: 'insecure' } },
    ],
    ['a proxy that only gcloud can use', { proxy: { ...proxy, type: { value: 'http_no_tunnel' } } }, undefined],
    ['half of a proxy', { proxy: { type: { value: 'http' } } }, undefined],
    ['another endpoint', { api_endpoint_overrides: { run: { value: 'https://x/' } } }, undefined],
    ['another universe', { core: { universe_domain: { value: 'example.com' } } }, undefined],
    ['a client certificate', { context_aware: { use_client_certificate: { value: 'true' } } }, undefined],
  ])('%s', (_, properties, way) => {
    const client = clientOf(JSON.stringify({ ...INFO, config: { ...INFO.config, properties } }));
    const found = wayTo('https://europe-west1-run.googleapis.com/apis', client);
    if (way === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(way);
  });

  it('is that of every request, for a file that cannot be read as well: then gcloud is asked', async () => {
    const properties = { core: ca };
    const asked: HttpRequest[] = [];
    const google = await open((request) => {
      asked.push(request);
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    }, properties);
    const words = ['projects', 'describe', 'demo-project'];
    expect(await google.ask(read(words, 'https://cloudresourcemanager.googleapis.com/v1'))).toEqual(
      ok({ from: 'gcloud' }),
    );
    expect(asked[0]?.trust).toEqual({ kind: 'authority', file: '/ca.pem' });
  });
});

describe('what Google says on a screen', () => {
  it('has no markup, no control characters and an end', () => {
    const page = `<!DOCTYPE html><html><head><title>Error 502</title></head><body>\x1b]0;x\x07</body></html>`;
    expect(wordsOf(`ERROR: (gcloud.run.deploy) HttpError accessing <https://x>: content ${page} the end`)).toBe(
      'HttpError accessing <https://x>: content a web page titled "Error 502" the end',
    );
    expect(wordsOf('a\x1b[31mb')).toBe(String.raw`a\x1b[31mb`);
    expect(wordsOf('x'.repeat(10_000)).length).toBeLessThan(900);
  });

  it('is named with its cause, its code and a way out', () => {
    const { code, message, hint } = unanswered(
      'The project demo',
      failed('unable to get local issuer', { code: 'not_trusted' }),
    );
    expect([code, message]).toEqual([
      'not_trusted',
      'What answers in the place of Google has a certificate that is not trusted: unable to get local issuer',
    ]);
    expect(hint).toContain('core/custom_ca_certs_file');
  });
});

describe('what passes', () => {
  const quota = 'ERROR: (gcloud.run.regions.list) RESOURCE_EXHAUSTED: Quota exceeded for quota metric';
  const off = 'ERROR: (gcloud.run.services.list) PERMISSION_DENIED: Cloud Run Admin API has not been used in project 1';
  const network = "ERROR: (gcloud.run.regions.list) ('Connection aborted.', RemoteDisconnected())";

  it.each([
    ['a quota, of which gcloud does not try again', quota, true, 2],
    ['the network', network, false, 2],
    ['an API that is off, which is an answer', off, true, 1],
    ['a refusal, which is one, too', 'PERMISSION_DENIED: no', false, 1],
  ])('is the same through gcloud: %s', async (_, reason, transient, times) => {
    let asked = 0;
    const ask = () => Promise.resolve((asked += 1) === 1 ? failed(reason, { transient }) : ok({ from: 'gcloud' }));
    const google = await open(() => failed('refused'), { proxy: { type: { value: 'http_no_tunnel' } } }, ask);
    const answer = await google.ask(read(['x'], 'https://run.googleapis.com/v1'));
    expect(asked).toBe(times);
    expect(answer.kind).toBe(times === 2 ? 'ok' : 'failed');
  });

  it('and does not pass in the end is called busy', async () => {
    const ask = () => Promise.resolve(failed(quota, { transient: true }));
    const google = await open(() => failed('refused'), { proxy: { type: { value: 'http_no_tunnel' } } }, ask);
    const answer = await google.ask(read(['x'], 'https://run.googleapis.com/v1'));
    expect(answer).toMatchObject({ kind: 'failed', code: 'UNAVAILABLE' });
  });

  it('is waited for by the log as well, and an answer of another form is not an empty log', async () => {
    const answers: Answer<unknown>[] = [failed(quota, { transient: true }), ok([])];
    expect(await log(() => answers.shift() ?? failed('asked too often'))).toEqual([]);
    expect(answers).toEqual([]);
    await expect(log(() => ok({ entries: [] }))).rejects.toThrow(/^The log: Google answered something unexpected/);
    expect(await log(() => ok([{ insertId: 'no time' }]))).toEqual([]);
  });
});

describe("a person's identity token, which is good for every service", () => {
  const url = 'https://candidate---svc-abc-ew.a.run.app';
  const refusing: Send = () => ok({ status: 403, headers: { server: 'Google Frontend' }, text: '<html></html>' });
  it.each<[where: string, listed: Answer<unknown>, isSent: boolean]>([
    ["a service of gcloud's own project", ok(['https://svc-abc-ew.a.run.app']), true],
    ['one with several addresses', ok(['["https://svc-1.europe-west1.run.app","https://svc-abc-ew.a.run.app"]']), true],
    ['one of a stranger, whatever it answers', ok(['https://svc-abd-ew.a.run.app']), false],
    ['one with a name that begins as one of ours', ok(['https://svc-abc-ew.a.run.app.example.com']), false],
    ['one that may be ours or not', failed('no right', { code: 'PERMISSION_DENIED' }), false],
    ['one of an odd list', ok('https://svc-abc-ew.a.run.app'), false],
  ])('to %s', async (_, listed, isSent) => {
    const services = (urls: unknown) =>
      Array.isArray(urls) ? urls.map((at: unknown) => ({ status: { url: at } })) : urls;
    const answer = listed.kind === 'ok' ? ok(services(listed.value)) : listed;
    const systems = systemsOf(refusing, { ask: () => Promise.resolve(answer) });
    const authorization = await identityIfAsked({ url }, systems, WORKING);
    expect(authorization?.()).toBe(isSent ? 'Bearer ya29.token' : undefined);
  });
});

describe('APIs that were turned on', () => {
  it('are asked again and again over one way to Google', async () => {
    let [tokens, asked] = [0, 0];
    const systems = systemsOf(
      () => ok({ status: 403, headers: {}, text: (asked += 1) < 3 ? OFF : '{"error":{"status":"PERMISSION_DENIED"}}' }),
      { onToken: () => (tokens += 1) },
    );
    const [step] = enablePlan(PLACE, ['run.googleapis.com']).steps;
    const kinds: unknown[] = [];
    for (let times = 0; times < 3; times += 1) {
      const answer = step?.ready && (await holdsNow(step.ready, { systems, working: WORKING, facts: new Map() }));
      kinds.push(answer?.kind);
    }
    expect(kinds).toEqual(['absent', 'absent', 'ok']);
    expect(tokens).toBe(1);
  });
});

const OFF = '{"error":{"status":"PERMISSION_DENIED","message":"off","details":[{"reason":"SERVICE_DISABLED"}]}}';

/** Of a service that is there. */
function log(ask: () => Answer<unknown>) {
  const json = {
    metadata: { name: 'redisdemo', creationTimestamp: '2026-01-01T00:00:00Z', labels: { redisdemo: 'cloudrun' } },
    spec: { template: { spec: { containers: [{ image: 'x' }] } } },
  };
  const isPolicy = (url: string) => url.endsWith(':getIamPolicy');
  const send: Send = ({ url }) => ok({ status: 200, headers: {}, text: JSON.stringify(isPolicy(url) ? {} : json) });
  return readLog(PLACE, 10, systemsOf(send, { ask: () => Promise.resolve(ask()) }), WORKING);
}

type Send = (request: HttpRequest) => Answer<{ status: number; headers: Record<string, string>; text: string }>;

type Ask = () => Promise<Answer<unknown>>;

interface Gcloud {
  readonly properties?: object;
  readonly ask?: Ask;
  readonly onToken?: () => void;
}

/** With a gcloud that is logged in. */
function open(send: Send, properties: object = {}, ask?: Ask): Promise<GoogleApi> {
  return openGoogle(systemsOf(send, { properties, ...(ask && { ask }) }), WORKING);
}

/** Its gcloud answers every question with the same. */
function systemsOf(
  send: Send,
  { properties = {}, ask = () => Promise.resolve(ok({ from: 'gcloud' })), onToken }: Gcloud,
): Systems {
  const printed = JSON.stringify({ ...INFO, config: { ...INFO.config, properties } });
  const http = { send: (request: HttpRequest) => Promise.resolve().then(() => send(request)) };
  const calls = callSystem(http, async ({ words }) => {
    if (words.includes('print-access-token')) onToken?.();
    if (words.includes('auth')) return ok({ status: 0, text: 'ya29.token' });
    if (words.includes('info')) return ok({ status: 0, text: printed });
    const answer = await ask();
    return answer.kind === 'ok' ? ok({ status: 0, text: JSON.stringify(answer.value) }) : answer;
  });
  return { calls, http } as unknown as Systems;
}
