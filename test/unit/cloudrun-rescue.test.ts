/** What a failed release says about the traffic: what Google answers when it is asked again, and nothing else. */
import { describe, expect, it } from 'vitest';
import { failed, ok, type Answer } from '../../src/plan/answer.ts';
import type { Call } from '../../src/plan/call.ts';
import type { HttpResponse, Systems } from '../../src/plan/systems.ts';
import { Problem, type ProblemCode } from '../../src/problem.ts';
import type { Report } from '../../src/report.ts';
import { rescue } from '../../src/targets/cloudrun/release/rescue.ts';
import type { ServiceJson } from '../../src/targets/cloudrun/service/service.ts';
import { CLOUD_RUN, SERVICE_JSON } from '../support/cloudrun-plans.ts';
import { googleAnswering, stateOf } from '../support/google-api.ts';

const [OLD, NEW] = ['redisdemo-00001-abc', 'redisdemo-00002-def'];
type Traffic = NonNullable<ServiceJson['status']>['traffic'];
const ON_OLD: Traffic = [{ revisionName: OLD, percent: 100 }];
const ON_NEW: Traffic = [{ revisionName: NEW, percent: 100, latestRevision: true }];
const QUOTA = 'RESOURCE_EXHAUSTED: Quota exceeded for quota metric';

interface Scene {
  readonly error: Problem;
  /** What Google says now; absent: it cannot be asked. */
  readonly now?: { readonly traffic: Traffic; readonly created?: string; readonly ready?: string };
  readonly send?: (call: Call) => Promise<Answer<unknown>>;
  readonly http?: () => Promise<Answer<HttpResponse>>;
  readonly isPrivate?: boolean;
}

function serviceWith({ traffic, created = NEW, ready = NEW }: NonNullable<Scene['now']>): ServiceJson {
  const status = {
    ...SERVICE_JSON.status,
    traffic,
    latestCreatedRevisionName: created,
    latestReadyRevisionName: ready,
  };
  return { ...SERVICE_JSON, status };
}

/** Before the release, the old revision served. */
const BEFORE = serviceWith({ traffic: ON_OLD, created: OLD, ready: OLD });
const CLIENT = { basic: { version: '528.0.0' }, config: { account: 'dev@example.com', project: 'p', properties: {} } };

async function end({
  error,
  now,
  send,
  http,
  isPrivate = false,
}: Scene): Promise<{ problem: Problem; said: string[] }> {
  const said: string[] = [];
  const report: Report = {
    say: (text) => {
      said.push(text);
    },
    log: () => undefined,
    begin: () => ({ update: () => undefined, end: () => undefined }),
  };
  const google = googleAnswering(({ rest }) => {
    if (!now) return failed('connect ECONNREFUSED', { code: 'unreachable' });
    if (rest?.url.endsWith(':getIamPolicy')) return ok({ bindings: [] });
    const service = serviceWith(now);
    return ok(isPrivate ? { ...service, metadata: { ...service.metadata, annotations: {} } } : service);
  });
  const reply = (text: string) => Promise.resolve(ok({ status: 0, text }));
  const systems = {
    calls: {
      send: (call: { words: readonly string[] }) =>
        call.words.includes('info') ? reply(JSON.stringify(CLIENT)) : (send?.(call) ?? reply('')),
      ask: () => Promise.resolve(failed('no log')),
    },
    http: { send: http ?? (() => Promise.resolve(failed('connect ETIMEDOUT'))) },
  } as unknown as Systems;
  const release = {
    settings: CLOUD_RUN,
    before: stateOf(BEFORE, 'unchecked'),
    checked: { google, builder: undefined, account: CLOUD_RUN.account, lastBuild: undefined },
    context: { systems, working: { report, signal: new AbortController().signal } },
  } as unknown as Parameters<typeof rescue>[1];
  const problem = await rescue(error, release);
  if (!(problem instanceof Problem)) throw problem;
  return { problem, said };
}

const problem = (code: ProblemCode, message: string): Problem => new Problem(code, { message });

describe('a release that failed', () => {
  it.each<[when: string, error: Problem, traffic: Traffic, code: ProblemCode, words: string]>([
    [
      'after the traffic was moved, by a quota',
      problem(
        'retries_exhausted',
        `Could not let the traffic follow the latest revision again: ${QUOTA} (tried for 60 s)`,
      ),
      ON_NEW,
      'quota_exceeded',
      `${NEW} has all the traffic. A quota of the project is used up.`,
    ],
    [
      'in the wait after the traffic was moved',
      problem('timeout', 'Waited 2 min for all the traffic on the new revision. Last answer: not yet.'),
      ON_NEW,
      'timeout',
      `${NEW} has all the traffic. Waited 2 min`,
    ],
    [
      'before the traffic was moved, by a quota',
      problem('retries_exhausted', `Could not give the new revision all the traffic: ${QUOTA} (tried for 60 s)`),
      ON_OLD,
      'quota_exceeded',
      'A quota of the project is used up.',
    ],
    ['in its proof', problem('unproven', 'Waited 2 min.'), ON_OLD, 'rolled_back', 'The new revision gets no traffic.'],
    ['in its proof, with traffic', problem('smoke_failed', 'It failed.'), ON_NEW, 'smoke_failed', `${NEW} has all the`],
  ])('%s, is told by where the traffic is', async (_when, error, traffic, code, words) => {
    const { problem: ended } = await end({ error, now: { traffic } });
    expect(ended.message.startsWith(words)).toBe(true);
    expect(ended.code).toBe(code);
    expect(ended.hint === undefined).toBe(false);
  });

  it('before it made a revision, by a quota, is explained, and nothing is tested or said of the traffic', async () => {
    const asked: string[] = [];
    const http = () => {
      asked.push('http');
      return Promise.resolve(failed('no'));
    };
    const error = problem('timeout', `Waited 30.0 s for an answer before "create the secret". Last answer: ${QUOTA}.`);
    const { problem: ended } = await end({ error, now: { traffic: ON_OLD, created: OLD, ready: OLD }, http });
    expect(ended.message).toMatch(/^A quota of the project is used up\./);
    expect(ended.message).not.toContain('traffic');
    expect(ended.hint).toContain('console.cloud.google.com/iam-admin/quotas?project=demo-project');
    expect(asked).toEqual([]);
  });

  it('is not called without traffic where Google does not say so', async () => {
    const { problem: ended } = await end({ error: problem('smoke_failed', 'It failed.') });
    expect(ended.code).toBe('smoke_failed');
    expect(ended.message).not.toContain('gets no traffic');
    expect(ended.message).toContain('Which revision has the traffic could not be read: ');
  });

  it('does not call failed what could not be tested', async () => {
    const error = problem('unproven', 'Waited 2 min.');
    const { problem: ended } = await end({ error, now: { traffic: ON_OLD } });
    expect(ended.message).toContain(`${OLD} keeps serving at ${SERVICE_JSON.status?.url ?? ''}`);
    expect(ended.message).toContain('but it could not be tested: connect ETIMEDOUT.');
    expect(ended.details).toMatchObject({ serving: OLD, servingPassed: null });
  });

  it('keeps its cause where the login gives no token, and where gcloud does not end', async () => {
    const hangs = () => Promise.reject(problem('unfinished', 'gcloud did not end within 3 min, and was ended.'));
    const now = { traffic: ON_OLD, ready: OLD };
    const { problem: ended, said } = await end({
      error: problem('system_failed', 'Could not deploy: exec format error'),
      now,
      send: hangs,
      isPrivate: true,
    });
    expect(ended.code).toBe('rolled_back');
    expect(ended.message).toContain('The image was built for another kind of processor');
    expect(ended.message).toContain('could not be tested: gcloud did not end within 3 min');
    expect(said.join('\n')).toContain(`${NEW} may still have the tag candidate (gcloud did not end within 3 min`);
    expect(said.join('\n')).toMatch(/gcloud run services update-traffic redisdemo .*--remove-tags=candidate/);
  });

  it('says that the tag stays where Google refuses to take it away', async () => {
    const send = () => Promise.resolve(failed("ERROR: (gcloud.run) PERMISSION_DENIED: 'run.services.update' denied"));
    const error = problem('system_failed', 'Could not deploy: exec format error');
    const { said } = await end({ error, now: { traffic: ON_OLD, ready: OLD }, send });
    expect(said.join('\n')).toContain(
      "may still have the tag candidate (PERMISSION_DENIED: 'run.services.update' denied)",
    );
  });
});
