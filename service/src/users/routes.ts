import type { FastifyInstance } from 'fastify';
import { readBody } from '../body.ts';
import { InvalidInput, send } from '../errors.ts';
import { readUserSchema, updateUserSchema } from '../openapi.ts';
import { readUser, readUserId, unstorableFields } from './model.ts';
import type { UserStore } from './store.ts';

interface UserRoute {
  Params: { user_id: string };
  Body: Buffer | undefined;
}

export function serveUsers(app: FastifyInstance, store: UserStore): void {
  app.get<UserRoute>('/users/:user_id', { schema: readUserSchema }, async (request, reply) => {
    if (isNameless(request.params)) {
      reply.callNotFound();
      return reply;
    }
    const id = readUserId(request.params.user_id);
    if (typeof id !== 'bigint') throw new InvalidInput([id]);
    return send(reply, 200, (await store.get(id)) ?? 'null');
  });

  app.put<UserRoute>('/users/:user_id', { schema: updateUserSchema }, async (request, reply) => {
    if (isNameless(request.params)) {
      reply.callNotFound();
      return reply;
    }
    const body = readBody(request.body, request.contentType);
    const id = readUserId(request.params.user_id);
    const user = readUser(body);
    if (typeof id !== 'bigint' || Array.isArray(user)) {
      throw new InvalidInput([...(typeof id === 'bigint' ? [] : [id]), ...(Array.isArray(user) ? user : [])]);
    }
    const unstorable = unstorableFields(user);
    if (unstorable.length > 0) throw new InvalidInput(unstorable);
    await store.put(id, user);
    return send(reply, 200, 'true');
  });
}

/** The router takes "/users/" for a user with an empty id; the original knows no such path. */
function isNameless({ user_id }: UserRoute['Params']): boolean {
  return user_id === '';
}
