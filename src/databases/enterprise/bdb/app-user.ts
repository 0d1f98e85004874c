/** The service's database user: an ACL, a role and a user. https://redis.io/docs/latest/operate/rs/security/access-control/ */
import type { Home } from '../../../home.ts';
import { absent } from '../../../plan/answer.ts';
import type { Api, JsonObject, Question } from '../../../plan/call.ts';
import type { Plan, Step } from '../../../plan/plan.ts';
import type { Secret } from '../../../secret.ts';
import { get } from '../rest/question.ts';
import { appPassword, BDB_NAME, nodeApi, passwordStep, type EnterpriseSettings } from '../settings.ts';
import { isWrongPeer } from './endpoint.ts';

export const APP_USER = 'app';
const NAME = 'redisdemo-app';
/** What the service calls (test/integration/app-user.test.ts). Before Redis 8.2 no category has module commands. */
export const APP_ACL = '+ping +json.get +json.set +quit ~user:*';

/** Also turns the default user off. */
export function appUserPlan(settings: EnterpriseSettings, home: Home): Plan {
  const api = nodeApi(1, settings, home);
  const password = appPassword(home);
  return {
    title: `The user ${APP_USER} of the database`,
    steps: [
      passwordStep('app-password', APP_USER, password),
      ...userSteps(api, password),
      ...rightsSteps(api, settings.port, password),
    ],
  };
}

function userSteps(api: Api, password: Secret): Step[] {
  return [
    namedStep(api, {
      ...{ id: 'acl', thing: `ACL ${NAME}`, path: '/v1/redis_acls', fact: 'ACL_UID' },
      body: { name: NAME, acl: APP_ACL },
    }),
    namedStep(api, {
      ...{ id: 'role', thing: `role ${NAME}`, path: '/v1/roles', fact: 'ROLE_UID' },
      body: { name: NAME, management: 'none' },
    }),
    namedStep(api, {
      ...{ id: 'user', thing: `user ${APP_USER}`, path: '/v1/users' },
      body: {
        email: `${APP_USER}@redisdemo.local`,
        name: APP_USER,
        password: { $secret: password },
        role_uids: [{ $fact: 'ROLE_UID' }],
        auth_method: 'regular',
      },
    }),
  ];
}

interface NamedResource {
  readonly id: string;
  readonly thing: string;
  readonly path: string;
  readonly fact?: string;
  readonly body: JsonObject & { readonly name: string };
}

function namedStep(api: Api, { id, thing, path, fact, body }: NamedResource): Step {
  return {
    id,
    title: `create the ${thing}`,
    action: {
      kind: 'resource',
      thing,
      ...(fact !== undefined && { fact }),
      find: get(api, path, `.[] | select(.name == ${JSON.stringify(body.name)}) | .uid`),
      create: { api, method: 'POST', path, body },
    },
  };
}

function rightsSteps(api: Api, port: number, password: Secret): Step[] {
  const inBdb = (select: string): Question => get(api, '/v1/bdbs', `.[] | select(.name == "${BDB_NAME}") | ${select}`);
  const hasRights =
    'select(.default_user == false) | select(any(.roles_permissions | select(. != null) | .[]; .role_uid == {{ROLE_UID}}))';
  const connection = { host: '127.0.0.1', port, tls: false, user: APP_USER, password };
  return [
    {
      id: 'database-id',
      title: 'find the id of the database',
      action: { kind: 'lookup', thing: 'DATABASE_UID', fact: 'DATABASE_UID', find: inBdb('.uid') },
    },
    {
      id: 'rights',
      title: `let only ${APP_USER} into the database`,
      action: {
        kind: 'resource',
        thing: `rights of ${APP_USER}`,
        find: inBdb(`${hasRights} | .uid`),
        create: {
          api,
          method: 'PUT',
          path: '/v1/bdbs/{{DATABASE_UID}}',
          body: {
            roles_permissions: [{ role_uid: { $fact: 'ROLE_UID' }, redis_acl_uid: { $fact: 'ACL_UID' } }],
            default_user: false,
          },
        },
      },
      retryForMs: 60_000,
      ready: {
        what: `the database to know ${APP_USER}`,
        limitMs: 60_000,
        until: { kind: 'redis', connection, answer: 'PONG' },
        look: async ({ holds }) => {
          const pong = await holds();
          return pong.kind === 'ok' || isWrongPeer(pong) ? pong : absent(pong.reason);
        },
      },
    },
  ];
}
