/** What the preflight asks for, and what it makes of an answer that is neither yes nor no. */
import { describe, expect, it } from 'vitest';
import { absent, failed, ok, type Answer } from '../../src/plan/answer.ts';
import { Problem } from '../../src/problem.ts';
import { NO_CONTEXT } from '../../src/targets/cloudrun/failures/failure.ts';
import { classify } from '../../src/targets/cloudrun/failures/failures.ts';
import type { GoogleApi } from '../../src/targets/cloudrun/google/google-api.ts';
import { accountUrl, homeOf } from '../../src/targets/cloudrun/place/accounts.ts';
import { askApis, projectNumberIn, readApis } from '../../src/targets/cloudrun/preflight/apis.ts';
import { checkRights } from '../../src/targets/cloudrun/preflight/rights.ts';
import type { CloudRunSettings } from '../../src/targets/cloudrun/service/settings.ts';
import type { Openness } from '../../src/targets/cloudrun/service/state.ts';
import { CLOUD_RUN } from '../support/cloudrun-plans.ts';
import { googleAnswering } from '../support/google-api.ts';

const ACCOUNT = 'runner@shared.iam.gserviceaccount.com';
const SET_POLICY = 'run.services.setIamPolicy';
const ACT_AS = 'iam.serviceAccounts.actAs';

interface Asked {
  readonly url: string;
  readonly wanted: readonly string[];
}

/** With every right of the project but these, and this answer about the account. */
function lacking(denied: readonly string[], onAccount: Answer<unknown> = ok({})) {
  const asked: Asked[] = [];
  const google: GoogleApi = {
    caller: 'user:dev@example.com',
    ask: ({ rest: { url, body } = { url: '' } }) => {
      const { permissions: wanted } = body as { readonly permissions: readonly string[] };
      asked.push({ url, wanted });
      const isAccount = new URL(url).hostname === 'iam.googleapis.com';
      return Promise.resolve(
        isAccount ? onAccount : ok({ permissions: wanted.filter((one) => !denied.includes(one)) }),
      );
    },
  };
  return { google, asked };
}

async function refusal(
  settings: CloudRunSettings,
  openness: Openness | undefined,
  google: GoogleApi,
): Promise<Problem | undefined> {
  try {
    await checkRights(settings, ACCOUNT, openness, google);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return error as Problem;
  }
}

describe('the right to change who can call the service', () => {
  it.each([
    ['to open it', { private: false }, 'closed', true],
    ['to open a new one', { private: false }, undefined, true],
    ['to close one that is open by a binding', { private: true }, 'binding', true],
    ['not for a candidate, which leaves it as it is', { private: true, promote: false }, 'binding', false],
    ['not to close one that is open without the check', { private: true }, 'unchecked', false],
    ['not to keep one closed', { private: true }, 'closed', false],
    ['not for a new one that is private', { private: true }, undefined, false],
  ] as const)('is asked for %s', async (_, more, openness, isAsked) => {
    const { google, asked } = lacking([SET_POLICY]);
    const problem = await refusal({ ...CLOUD_RUN, ...more }, openness, google);
    expect(asked[0]?.wanted.includes(SET_POLICY)).toBe(isAsked);
    expect(problem?.message).toBe(
      isAsked ? `Your account lacks this permission in demo-project: ${SET_POLICY}.` : undefined,
    );
  });

  it('where it is missing, --private is a way out for who wants it public only', async () => {
    const { google } = lacking([SET_POLICY]);
    const opening = await refusal(CLOUD_RUN, undefined, google);
    expect(opening?.hint).toMatch(
      /^Deploy it with --private, or ask an administrator to run:\ngcloud projects add-iam/,
    );
    const closing = await refusal({ ...CLOUD_RUN, private: true }, 'binding', google);
    expect(closing?.hint).toMatch(/^Ask an administrator to run:\ngcloud projects add-iam/);
  });
});

describe('the right to use an account, which the project does not give', () => {
  it.each([
    ['is there where the account gives it', ok({ permissions: [ACT_AS] }), undefined],
    ['is missing where the account does not', ok({}), ACT_AS],
    ['counts as there where nobody may ask', failed('no', { code: 'PERMISSION_DENIED' }), undefined],
    ['counts as there where Google does not answer', failed('busy', { code: 'UNAVAILABLE' }), undefined],
    ['counts as there where the answer is odd', ok({ permissions: 'all' }), undefined],
    ['counts as there where no such account is seen', absent('no such account'), undefined],
  ])('%s', async (_, answer, missing) => {
    const { google, asked } = lacking([ACT_AS], answer);
    const problem = await refusal(CLOUD_RUN, 'closed', google);
    expect(problem?.message.includes(missing ?? '')).toBe(missing === undefined ? undefined : true);
    expect(asked.at(-1)?.url).toBe(
      `https://iam.googleapis.com/v1/projects/shared/serviceAccounts/${ACCOUNT}:testIamPermissions`,
    );
  });
});

describe('an account', () => {
  it.each([
    ['a@shared.iam.gserviceaccount.com', 'shared', 'shared'],
    ['a@shared.example.com.iam.gserviceaccount.com', 'example.com:shared', 'example.com:shared'],
    ['123456789012-compute@developer.gserviceaccount.com', 'demo-project', '123456789012'],
    ['demo-project@appspot.gserviceaccount.com', 'demo-project', '-'],
  ])('%s is of %s', (email, home, inUrl) => {
    expect(homeOf(email, 'demo-project')).toBe(home);
    expect(accountUrl(email)).toBe(`https://iam.googleapis.com/v1/projects/${inUrl}/serviceAccounts/${email}`);
  });

  it.each([
    [`iam.serviceaccounts.actAs denied on service account ${ACCOUNT}`],
    [`Service account ${ACCOUNT} is disabled.`],
  ])('of another project is changed there: %s', (said) => {
    expect(classify(said)?.hint({ ...NO_CONTEXT, project: 'demo-project' }, said)).toContain('--project=shared');
  });
});

describe('the APIs that a deployment needs', () => {
  const needed = [
    ...['run.googleapis.com', 'cloudbuild.googleapis.com', 'artifactregistry.googleapis.com'],
    ...['storage.googleapis.com', 'secretmanager.googleapis.com'],
  ];
  const listed = (on: readonly string[], state = 'ENABLED') =>
    on.map((name) => ({ config: { name }, parent: 'projects/123456789012', state }));

  async function read(answer: Answer<unknown>) {
    const asked: { url: string; same: readonly string[] }[] = [];
    const google = googleAnswering(({ words, rest }) => {
      asked.push({ url: rest?.url ?? '', same: words });
      return answer;
    });
    const said = await askApis(CLOUD_RUN, google);
    return { asked, said, apis: () => readApis(CLOUD_RUN, said, google) };
  }

  it('are asked for by their names, of the API and of gcloud alike', async () => {
    const { asked } = await read(ok({}));
    const { pathname, searchParams } = new URL(asked[0]?.url ?? '');
    expect(pathname).toBe('/v1/projects/demo-project/services:batchGet');
    expect(searchParams.getAll('names')).toEqual(needed.map((api) => `projects/demo-project/services/${api}`));
    expect(asked[0]?.same).toContain(`--filter=config.name=(${needed.join(' ')})`);
  });

  it.each([
    ['the API', { services: [...listed(needed.slice(1)), ...listed(['run.googleapis.com'], 'DISABLED')] }],
    ['gcloud, which lists those that are on', listed(needed.slice(1))],
  ])('that are off are those that %s does not call on', async (_, answer) => {
    const { said, apis } = await read(ok(answer));
    expect(apis()).toEqual({ off: ['run.googleapis.com'] });
    expect(projectNumberIn(said)).toBe('123456789012');
  });

  it.each([
    ['an account that cannot see them', 'PERMISSION_DENIED', '--role=roles/serviceusage.serviceUsageViewer'],
    ['where the API that tells it is off', 'SERVICE_DISABLED', 'gcloud services enable serviceusage.googleapis.com'],
  ])('are not known to %s, which keeps nobody from a deployment', async (_, code, wayOut) => {
    const { apis } = await read(failed('no', { code }));
    expect(apis()).toEqual({ off: [], doubt: expect.stringContaining(wayOut) as string });
    expect(apis().doubt).toContain(`${needed.join(', ')} are on in demo-project`);
  });

  it.each([
    ['busy', failed('try later', { code: 'UNAVAILABLE' }), 'unavailable'],
    ['out of reach', failed('no route', { code: 'unreachable' }), 'unreachable'],
    ['odd', ok({ services: [{ name: 'x' }] }), 'system_failed'],
  ])('are not called on where Google is %s', async (_, answer, code) => {
    const { apis } = await read(answer);
    expect(apis).toThrow(expect.objectContaining({ code }) as Error);
  });
});
