/**
 * A database user that may do what the service does, and no more. On Redis Enterprise users come from the REST API:
 * an ACL, a role, both tied to the database, and a user with that role.
 * https://redis.io/docs/latest/operate/rs/security/access-control/
 */
import type { Connection } from '../../../connection.ts';
import { absent } from '../../../plan/answer.ts';
import type { Api, Question, RestCall } from '../../../plan/call.ts';
import type { Step } from '../../../plan/plan.ts';
import type { Secret } from '../../../secret.ts';
import { isFinal } from './ready.ts';
import { get } from '../rest/question.ts';

export const APP_USER = 'app';
const NAME = 'redisdemo-app';
/**
 * All that the service calls; test/integration/app-user.test.ts watches it do so. Before Redis 8.2 no category covers
 * the commands of modules: each is named.
 */
export const APP_ACL = '+ping +json.get +json.set +quit ~user:*';

interface AppUserSettings {
  readonly database: string;
  readonly password: Secret;
  /** Of the database, from here. */
  readonly address: Pick<Connection, 'host' | 'port' | 'tls'>;
}

export function appUserSteps(api: Api, { database, password, address }: AppUserSettings): Step[] {
  const named = (path: string, name = NAME): Question =>
    get(api, path, `.[] | select(.name == ${JSON.stringify(name)}) | .uid`);
  const post = (path: string, body: RestCall['body']): RestCall => ({
    api,
    method: 'POST',
    path,
    ...(body !== undefined && { body }),
  });
  const ours = (select: string): Question =>
    get(api, '/v1/bdbs', `.[] | select(.name == ${JSON.stringify(database)}) | ${select}`);
  return [
    {
      id: 'acl',
      title: `create the ACL ${NAME}`,
      action: {
        kind: 'resource',
        thing: `ACL ${NAME}`,
        fact: 'ACL_UID',
        find: named('/v1/redis_acls'),
        create: post('/v1/redis_acls', { name: NAME, acl: APP_ACL }),
      },
    },
    {
      id: 'role',
      title: `create the role ${NAME}`,
      action: {
        kind: 'resource',
        thing: `role ${NAME}`,
        fact: 'ROLE_UID',
        find: named('/v1/roles'),
        create: post('/v1/roles', { name: NAME, management: 'none' }),
      },
    },
    {
      id: 'user',
      title: `create the user ${APP_USER}`,
      action: {
        kind: 'resource',
        thing: `user ${APP_USER}`,
        find: named('/v1/users', APP_USER),
        create: post('/v1/users', {
          email: `${APP_USER}@redisdemo.local`,
          name: APP_USER,
          password: { $secret: password },
          role_uids: [{ $fact: 'ROLE_UID' }],
          auth_method: 'regular',
        }),
      },
    },
    {
      id: 'database-id',
      title: 'find the id of the database',
      action: {
        kind: 'lookup',
        thing: 'DATABASE_UID',
        fact: 'DATABASE_UID',
        find: ours('.uid'),
      },
    },
    {
      id: 'rights',
      title: `let only ${APP_USER} into the database`,
      action: {
        kind: 'resource',
        thing: `rights of ${APP_USER}`,
        find: ours(
          'select(.default_user == false) | select(any(.roles_permissions[]?; .role_uid == {{ROLE_UID}})) | .uid',
        ),
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
      patienceMs: 60_000,
      ready: {
        what: `the database to know ${APP_USER}`,
        limitMs: 60_000,
        until: { kind: 'redis', connection: { ...address, user: APP_USER, password }, answer: 'PONG' },
        look: async ({ holds }) => {
          const pong = await holds();
          return pong.kind === 'ok' || isFinal(pong) ? pong : absent(pong.reason);
        },
      },
    },
  ];
}
