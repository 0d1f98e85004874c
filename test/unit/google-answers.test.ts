/** What comes from Google, or from something in its place, never becomes a bug: it is read, or it is a Problem. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, ok, type Answer } from '../../src/plan/answer.ts';
import type { HttpRequest, Systems } from '../../src/plan/systems.ts';
import { Problem } from '../../src/problem.ts';
import { defaultBuilder, mayBuild, newestBuild } from '../../src/targets/cloudrun/builder.ts';
import { clientOf } from '../../src/targets/cloudrun/client.ts';
import { openGoogle, type GoogleApi } from '../../src/targets/cloudrun/google-api.ts';
import { wordsOf } from '../../src/targets/cloudrun/said.ts';
import { isPinned, previousOf, readyOf, servingOf, sinceOf, urlOf } from '../../src/targets/cloudrun/service.ts';
import { isReady, readRevisions, readState } from '../../src/targets/cloudrun/state.ts';
import { unanswered } from '../../src/targets/cloudrun/unanswered.ts';
import { wayTo } from '../../src/targets/cloudrun/way.ts';
import { silentReport } from '../silent-report.ts';

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
  return { caller: 'user:dev@example.com', ask: () => Promise.resolve(ok(value)) };
}

/** Every reader of an answer, and what is asked of what it gives. */
async function readAll(google: GoogleApi): Promise<void> {
  const state = await readState(PLACE, google).catch(problem);
  if (state) {
    const { service: found } = state;
    for (const use of [urlOf, sinceOf, isPinned, previousOf, readyOf, servingOf]) use(found);
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
    ).ask('https://run.googleapis.com/v1');
    expect(answer.kind === 'failed' ? answer.code : answer.kind).toBe(kind);
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
    const same = { words: ['gcloud', 'projects', 'describe', 'demo-project'] };
    expect(await google.ask('https://cloudresourcemanager.googleapis.com/v1', undefined, same)).toEqual(
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

type Send = (request: HttpRequest) => Answer<{ status: number; headers: Record<string, string>; text: string }>;

/** With a gcloud that is logged in and answers every question with the same. */
function open(send: Send, properties: object = {}): Promise<GoogleApi> {
  const printed = JSON.stringify({ ...INFO, config: { ...INFO.config, properties } });
  const calls = {
    send: ({ words }: { words: readonly string[] }) =>
      Promise.resolve(ok({ status: 0, text: words.includes('info') ? printed : 'ya29.token' })),
    ask: () => Promise.resolve(ok({ from: 'gcloud' })),
  };
  const http = { send: (request: HttpRequest) => Promise.resolve().then(() => send(request)) };
  return openGoogle({ calls, http } as unknown as Systems, WORKING);
}
