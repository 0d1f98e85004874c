/**
 * Service accounts.
 *
 * Source: cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts (list, create, delete, policies; get: with
 * `projects/-` for any project, where an account that is not there is 403 and not 404) and cloud.google.com/iam/docs/reference/credentials/rest (generateIdToken and generateAccessToken,
 * for impersonation).
 */
import { Refusal, type Json, type Route } from './exchange.ts';
import type { Policies } from './policy.ts';
import { computeAccount, type Project } from './project.ts';
import type { Tokens } from './tokens.ts';

const HOST = 'iam.googleapis.com';
const ACCOUNTS = `${HOST}/v1/projects/{project}/serviceAccounts`;
/** Those of other projects, too. */
const ANYWHERE = `${HOST}/v1/projects/{home}/serviceAccounts`;

export interface Iam {
  readonly exists: (email: string) => boolean;
  readonly routes: readonly Route[];
}

export function createIam(project: Project, policies: Policies, tokens: Tokens): Iam {
  const emails = new Set([computeAccount(project)]);
  const exists = (email: string): boolean =>
    project.sharedAccounts.has(email) ||
    (emails.has(email) && !(email === computeAccount(project) && project.buildAccount === 'absent'));
  const homesOf = (email: string): readonly string[] => {
    const shared = project.sharedAccounts.get(email);
    return shared === undefined ? [project.id, project.number, '-'] : [shared, '-'];
  };
  const describe = (email: string, home = project.id): Json => {
    if (exists(email) && homesOf(email).includes(home)) {
      return { ...account(email, project), ...(project.disabledAccounts.has(email) && { disabled: true }) };
    }
    if (home === '-') {
      throw new Refusal(
        'PERMISSION_DENIED',
        `Permission 'iam.serviceAccounts.get' denied on ${email} (or it may not exist).`,
      );
    }
    throw new Refusal('NOT_FOUND', `Unknown service account: projects/${home}/serviceAccounts/${email}`);
  };
  const routes: readonly Route[] = [
    {
      on: `GET ${ANYWHERE}/{email}`,
      needs: 'iam.serviceAccounts.get',
      answer: ({ params }) => describe(params['email'] ?? '', params['home']),
    },
    {
      on: `GET ${ACCOUNTS}`,
      needs: 'iam.serviceAccounts.list',
      answer: () => ({ accounts: [...emails].filter(exists).map((email) => account(email, project)) }),
    },
    {
      on: `POST ${ACCOUNTS}`,
      needs: 'iam.serviceAccounts.create',
      answer: ({ json }) => {
        const email = `${String(json['accountId'])}@${project.id}.iam.gserviceaccount.com`;
        if (emails.has(email)) throw new Refusal('ALREADY_EXISTS', `Service account ${email} already exists.`);
        emails.add(email);
        return describe(email);
      },
    },
    {
      on: `DELETE ${ACCOUNTS}/{email}`,
      needs: 'iam.serviceAccounts.delete',
      answer: ({ params }) => {
        describe(params['email'] ?? '');
        emails.delete(params['email'] ?? '');
        return {};
      },
    },
    {
      on: `POST ${ANYWHERE}/{email}:testIamPermissions`,
      answer: ({ params, json }) => {
        describe(params['email'] ?? '', params['home']);
        return { permissions: ((json['permissions'] ?? []) as string[]).filter((name) => !project.denied.has(name)) };
      },
    },
    { on: `POST ${ACCOUNTS}/{email}:getIamPolicy`, answer: ({ params }) => policies.read(params['email'] ?? '') },
    { on: `POST ${ACCOUNTS}/{email}:setIamPolicy`, answer: (call) => policies.write(call.params['email'] ?? '', call) },
    {
      on: 'POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{email}:generateAccessToken',
      needs: 'iam.serviceAccounts.getAccessToken',
      answer: ({ params }) => {
        describe(params['email'] ?? '');
        // Whole seconds: google-auth reads "%Y-%m-%dT%H:%M:%SZ".
        const expireTime = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
        return { accessToken: tokens.issueAccess(params['email'] ?? ''), expireTime };
      },
    },
    {
      on: 'POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{email}:generateIdToken',
      needs: 'iam.serviceAccounts.getOpenIdToken',
      answer: ({ params, json }) => {
        describe(params['email'] ?? '');
        return { token: tokens.issueIdentity(params['email'] ?? '', String(json['audience'])) };
      },
    },
  ];
  return { exists, routes };
}

function account(email: string, { id }: Project): Json {
  return { name: `projects/${id}/serviceAccounts/${email}`, projectId: id, uniqueId: '100000000000000000001', email };
}
