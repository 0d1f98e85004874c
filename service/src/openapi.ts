/** /openapi.json: FastAPI's document for the same service, so that generated clients do not change. */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { userSchema } from './users/model.ts';

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

export const readUserSchema: FastifySchema = {
  summary: 'Read User',
  operationId: 'read_user_users__user_id__get',
  params,
  response: responses,
};

export const updateUserSchema: FastifySchema = {
  summary: 'Update User',
  operationId: 'update_user_users__user_id__put',
  params,
  body: { content: { 'application/json': { schema: reference('User') } } },
  response: responses,
};

/** Registers the document; routes added later appear in it unless their schema says `hide`. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  // The schemas describe. pydantic's rules are not JSON Schema's, so users/model.ts checks and writes.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'FastAPI', version: '0.1.0' },
      components: {
        schemas: { HTTPValidationError: httpValidationError, User: userSchema, ValidationError: validationError },
      } as object,
    },
  });
  let document: string | undefined;
  app.get('/openapi.json', { exposeHeadRoute: true, schema: { hide: true } }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.header('content-type', 'application/json').send(document);
  });
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}
