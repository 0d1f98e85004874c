/**
 * FastAPI's document for the same service, so that generated clients do not change. It is made once, when the service is
 * built: @fastify/swagger would be a tenth of the start of every instance.
 */
import swagger from '@fastify/swagger';
import fastify from 'fastify';
import { reference } from './description.ts';
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

/** No request is made. */
const UNUSED: UserStore = {
  name: 'none',
  ready: () => Promise.resolve(),
  get: () => Promise.resolve(null),
  put: () => Promise.resolve(),
  check: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

/** The routes that are served, as /openapi.json describes them: JSON text. */
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
    transform: ({ route, url }) => ({ schema: route.config?.description ?? { hide: true }, url }),
  });
  serveUsers(app, UNUSED);
  await app.ready();
  return JSON.stringify(app.swagger());
}
