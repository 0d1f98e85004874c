/** How the API's document describes the two routes for users. `npm run build` writes it: openapi.ts. */
import type { FastifySchema } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A route without one is not in the API's document. */
    readonly description?: FastifySchema;
  }
}

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

export const readUser: FastifySchema = {
  summary: 'Read User',
  operationId: 'read_user_users__user_id__get',
  params,
  response: responses,
};

export const updateUser: FastifySchema = {
  summary: 'Update User',
  operationId: 'update_user_users__user_id__put',
  params,
  body: { content: { 'application/json': { schema: reference('User') } } },
  response: responses,
};

export function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}
