import type { FastifyInstance } from 'fastify';
import { readBody } from '../body.ts';
import { InvalidInput, send } from '../errors.ts';
import { readUserSchema, updateUserSchema } from '../openapi.ts';
import { readUser, readUserId } from './model.ts';
import type { UserStore } from './store.ts';

interface UserRoute {
  Params: { user_id: string };
  Body: Buffer | undefined;
}

export function serveUsers(app: FastifyInstance, store: UserStore): void {
  app.get<UserRoute>('/users/:user_id', { schema: readUserSchema }, async (request, reply) => {
    const id = readUserId(request.params.user_id);
    if (typeof id !== 'bigint') throw new InvalidInput([id]);
    return send(reply, 200, (await store.get(id)) ?? 'null');
  });

  app.put<UserRoute>('/users/:user_id', { schema: updateUserSchema }, async (request, reply) => {
    const body = readBody(request.body, request.contentType);
    const id = readUserId(request.params.user_id);
    const user = readUser(body);
    if (typeof id !== 'bigint' || Array.isArray(user)) {
      throw new InvalidInput([...(typeof id === 'bigint' ? [] : [id]), ...(Array.isArray(user) ? user : [])]);
    }
    await store.put(id, user);
    return send(reply, 200, 'true');
  });
}
