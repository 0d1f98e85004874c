import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readBody, readPlainText } from '../http/body.ts';
import { InvalidInput } from '../http/errors.ts';
import * as description from './description.ts';
import { FIELD_NAMES, readUser, readUserId, unstorableFields, type User, type UserId } from '../model/user.ts';
import { readPlainUser } from '../model/plain-user.ts';
import type { UserStore } from '../store/store.ts';

interface UserRoute {
  Params: { user_id: string };
  Body: Buffer | undefined;
}

/** With callbacks: an async function would cost each request three more promises. */
export function serveUsers(app: FastifyInstance, store: UserStore): void {
  app.get<UserRoute>('/users/:user_id', { config: { description: description.readUser } }, (request, reply) => {
    if (isNameless(request.params)) {
      reply.callNotFound();
      return;
    }
    const id = readUserId(request.params.user_id);
    if (typeof id !== 'bigint') throw new InvalidInput([id]);
    answer(reply, store.get(id), found);
  });

  app.put<UserRoute>('/users/:user_id', { config: { description: description.updateUser } }, (request, reply) => {
    if (isNameless(request.params)) {
      reply.callNotFound();
      return;
    }
    const { id, user } = readUpdate(request);
    answer(reply, store.put(id, user), stored);
  });
}

const found = (document: string | null): string => document ?? 'null';
const stored = (): string => 'true';

function answer<T>(reply: FastifyReply, work: Promise<T>, toJson: (result: T) => string): void {
  work.then(
    (result) => {
      reply.sendOk(toJson(result));
    },
    (error: unknown) => {
      reply.send(error);
    },
  );
}

/** Throws {@link InvalidInput} with every error of path and body. */
function readUpdate({ params, body, contentType }: FastifyRequest<UserRoute>): { id: UserId; user: User } {
  const id = readUserId(params.user_id);
  const text = readPlainText(body, contentType);
  const plain = text === undefined ? undefined : readPlainUser(text);
  const user = plain ?? readUser(readBody(body, contentType, FIELD_NAMES));
  if (typeof id !== 'bigint' || Array.isArray(user)) {
    throw new InvalidInput([...(typeof id === 'bigint' ? [] : [id]), ...(Array.isArray(user) ? user : [])]);
  }
  const unstorable = plain === undefined ? unstorableFields(user) : [];
  if (unstorable.length > 0) throw new InvalidInput(unstorable);
  return { id, user };
}

/** The router takes "/users/" for a user with an empty id; the original knows no such path. */
function isNameless({ user_id }: UserRoute['Params']): boolean {
  return user_id === '';
}
