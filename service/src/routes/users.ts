import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readBody, readPlainText } from '../http/body.ts';
import { InvalidInput } from '../http/errors.ts';
import { FIELD_NAMES, readUser, readUserId, unstorableFields, type User, type UserId } from '../model/user.ts';
import { readPlainUser } from '../model/plain-user.ts';
import type { UserStore } from '../store/store.ts';

interface UserRoute {
  Params: { user_id: string };
  Body: Buffer | undefined;
}

type UserRequest = FastifyRequest<UserRoute>;

export function serveUsers(app: FastifyInstance, store: UserStore): void {
  const get = ({ params }: UserRequest): Promise<string | null> => {
    const id = readUserId(params.user_id);
    if (typeof id !== 'bigint') throw new InvalidInput([id]);
    return store.get(id);
  };
  const put = (request: UserRequest): Promise<unknown> => {
    const { id, user } = readUpdate(request);
    return store.put(id, user);
  };
  app.get<UserRoute>(
    '/users/:user_id',
    answer(get, (document) => document ?? 'null'),
  );
  app.put<UserRoute>(
    '/users/:user_id',
    answer(put, () => 'true'),
  );
}

/** With callbacks: an async function would cost each request three more promises. */
function answer<T>(work: (request: UserRequest) => Promise<T>, toJson: (result: T) => string) {
  return (request: UserRequest, reply: FastifyReply): void => {
    // The router takes "/users/" for a user with an empty id; the original knows no such path.
    if (request.params.user_id === '') {
      reply.callNotFound();
      return;
    }
    work(request).then(
      (result) => {
        reply.sendOk(toJson(result));
      },
      (error: unknown) => {
        reply.send(error);
      },
    );
  };
}

/** Throws {@link InvalidInput} with every error of path and body. */
function readUpdate({ params, body, contentType }: UserRequest): { id: UserId; user: User } {
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
