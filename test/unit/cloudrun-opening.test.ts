/** What is said of a service that could not be opened or closed: a refusal is one, and everything else is not known. */
import { describe, expect, it } from 'vitest';
import { absent, failed, ok, type Answer } from '../../src/plan/answer.ts';
import type { Systems } from '../../src/plan/systems.ts';
import { Problem } from '../../src/problem.ts';
import type { Report } from '../../src/report.ts';
import type { ReleaseContext } from '../../src/targets/cloudrun/release/context.ts';
import { openService } from '../../src/targets/cloudrun/release/opening.ts';
import { CLOUD_RUN, SERVICE_JSON } from '../support/cloudrun-plans.ts';
import { stateOf } from '../support/google-api.ts';

const report: Report = {
  say: () => undefined,
  log: () => undefined,
  begin: () => ({ update: () => undefined, end: () => undefined }),
};
const SCENE = {
  ...{ project: 'demo-project', region: 'europe-west1', service: 'redisdemo' },
  ...{ account: 'a@demo-project.iam.gserviceaccount.com', caller: 'user:dev@example.com' },
};
const POLICY = 'ERROR: (gcloud.run.services.update) FAILED_PRECONDITION: ["constraints/run.managed.requireInvokerIam"]';
const RIGHT =
  "ERROR: (gcloud.run.services.add-iam-policy-binding) PERMISSION_DENIED: Permission 'run.services.setIamPolicy' denied";
const NETWORK = "ERROR: (gcloud.run.services.update) ('Connection aborted.', RemoteDisconnected())";
const BUSY = 'ERROR: (gcloud.run.services.update) HttpError accessing <https://x>: response: <503>';
const ODD = 'ERROR: (gcloud.run.services.update) INTERNAL: something new';
const OVER = new Problem('timeout', { message: 'gcloud run services update did not end within 3m, and was ended.' });

/** Each try to change who can call the service ends with the next of these. */
async function changed(isPrivate: boolean, ends: readonly (string | Problem)[]): Promise<Problem> {
  const left = [...ends];
  const create = (): Promise<Answer<unknown>> => {
    const end = left.shift();
    if (end instanceof Problem) return Promise.reject(end);
    return Promise.resolve(end === undefined ? ok(undefined) : failed(end));
  };
  const systems = { perform: { exists: () => Promise.resolve(absent('no')), create } } as unknown as Systems;
  const context = { systems, working: { report, signal: new AbortController().signal }, explain: false };
  const state = stateOf(SERVICE_JSON, isPrivate ? 'unchecked' : 'closed');
  const settings = { ...CLOUD_RUN, private: isPrivate };
  const error: unknown = await openService(settings, state, context as unknown as ReleaseContext, SCENE).catch(
    (thrown: unknown) => thrown,
  );
  expect(left).toEqual([]);
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

describe('a service that was to be opened', () => {
  it('stays closed, and may not be opened, where Google refused both ways', async () => {
    const { code, message, hint } = await changed(false, [POLICY, RIGHT]);
    expect(code).toBe('not_permitted');
    expect(message).toContain('it stays closed to the public.\nA policy of the organization demands');
    expect(hint).toContain('run the same command with --private');
  });

  it.each([
    ['the network failed', [NETWORK, NETWORK], 'unreachable', 'Google cannot be reached from here.'],
    ['Google was busy', [BUSY, BUSY], 'unavailable', 'Google answered that it cannot answer now.'],
    ['one way was refused and the other is not known', [NETWORK, RIGHT], 'unreachable', 'You may not do that'],
    ['the time ran out', [OVER], 'timeout', 'did not end within 3m'],
    ['Google said something new', [ODD, ODD], 'system_failed', 'INTERNAL: something new'],
  ])('is not called closed, or not permitted, where %s', async (_, ends, code, words) => {
    const problem = await changed(false, ends);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain('it is not known whether it was opened to the public');
    expect(problem.message).toContain(words);
    expect(problem.message + String(problem.hint)).not.toMatch(/stays closed|--private/);
    expect(problem.hint).toContain('To open it, run the same command again.');
  });
});

describe('a service that was to be closed', () => {
  it.each([
    ['Google refused', [RIGHT], 'not_permitted', 'You may not do that'],
    ['the network failed', [NETWORK], 'unreachable', 'Google cannot be reached from here.'],
    ['the time ran out', [OVER], 'timeout', 'did not end within 3m'],
    ['Google said something new', [ODD], 'system_failed', 'INTERNAL: something new'],
  ])('may be open where %s', async (_, ends, code, words) => {
    const problem = await changed(true, ends);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain('it could not be closed to the public');
    expect(problem.message).toContain(words);
    expect(problem.hint).toContain('To close it, run the same command again.');
  });
});
