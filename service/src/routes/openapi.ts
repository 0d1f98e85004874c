/** FastAPI's document: generated clients need it. Built once, because @fastify/swagger takes a tenth of a start. */
import swagger from '@fastify/swagger';
import fastify, { type FastifySchema } from 'fastify';
import { userSchema } from '../model/user.ts';
import { serveUsers } from './users.ts';
import type { UserStore } from '../store/store.ts';

const validationError = {
  title: 'ValidationError',
  type: 'object',
  properties: {
    loc: { title: 'Location', type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
    msg: { title: 'Message', type: 'string' },
    type: { title: 'Error Type', type: 'string' },
  },
  required: ['loc', 'msg', 'type'],
};

const httpValidationError = {
  title: 'HTTPValidationError',
  type: 'object',
  properties: { detail: { title: 'Detail', type: 'array', items: reference('ValidationError') } },
};

const responses = {
  200: { description: 'Successful Response', content: { 'application/json': { schema: {} } } },
  422: {
    description: 'Validation Error',
    content: { 'application/json': { schema: reference('HTTPValidationError') } },
  },
};

const params = {
  type: 'object',
  required: ['user_id'],
  properties: { user_id: { type: 'integer', title: 'User Id' } },
};

/** By method and path. A route that is not here is not in the document. */
const ROUTES: Readonly<Record<string, FastifySchema>> = {
  'GET /users/:user_id': {
    summary: 'Read User',
    operationId: 'read_user_users__user_id__get',
    params,
    response: responses,
  },
  'PUT /users/:user_id': {
    summary: 'Update User',
    operationId: 'update_user_users__user_id__put',
    params,
    body: { content: { 'application/json': { schema: reference('User') } } },
    response: responses,
  },
};

/** No request is made. */
const UNUSED: UserStore = {
  name: 'none',
  ready: () => Promise.resolve(),
  get: () => Promise.resolve(null),
  put: () => Promise.resolve(),
  check: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

export async function apiDocument(): Promise<string> {
  const app = fastify();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'FastAPI', version: '0.1.0' },
      components: {
        schemas: { HTTPValidationError: httpValidationError, User: userSchema, ValidationError: validationError },
      } as object,
    },
    transform: ({ route, url }) => ({ schema: ROUTES[`${String(route.method)} ${url}`] ?? { hide: true }, url }),
  });
  serveUsers(app, UNUSED);
  await app.ready();
  return JSON.stringify(app.swagger());
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}
