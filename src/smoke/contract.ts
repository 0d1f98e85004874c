/** The checks of the tutorial, in the order of its commands. A record that the test did not write is never overwritten. */
import { isDeepStrictEqual } from 'node:util';
import { describeConnection } from '../connection.ts';
import { Difference, shorten, show, type Probe } from './probe.ts';
import { EXAMPLE_USERS, INVALID_BODY, PUT_BODY, SPARE_IDS, STORED_RECORD, TUTORIAL_ID } from './records.ts';

export interface SmokeState {
  /** Where the write checks write; undefined until a check has found a free id. */
  id?: number;
  /** True when this run created the record at `id`. */
  created?: boolean;
}

interface Check {
  readonly title: (state: SmokeState) => string;
  /** Uses the record at `state.id`. */
  readonly needsId?: boolean;
  /** When false, the check is neither run nor listed. */
  readonly applies?: (state: SmokeState) => boolean;
  /** Resolves with a note, if any. Throws a {@link Difference}. */
  readonly run: (probe: Probe, state: SmokeState) => Promise<string | undefined>;
}

const user = ({ id = TUTORIAL_ID }: SmokeState): string => `/users/${String(id)}`;

const exampleChecks = EXAMPLE_USERS.map(({ id, fields }): Check => ({
  title: () => `GET /users/${String(id)} is ${String(fields['name'])}`,
  run: async (probe) => {
    const got = await probe.json('GET', `/users/${String(id)}`);
    if (!isRecord(got) || !Object.keys(fields).every((name) => name in got))
      throw new Difference(show(fields), show(got));
    const edited = Object.keys(got).filter((name) => got[name] !== fields[name]);
    if (edited.length === 0) return undefined;
    return `edited since: ${edited.map((name) => `${name} ${show(got[name])}`).join(', ')}`;
  },
}));

const findsId: Check = {
  title: () => `GET /users/${String(TUTORIAL_ID)} is null or the tutorial's record`,
  run: async (probe, state) => {
    for (const id of [TUTORIAL_ID, ...SPARE_IDS, unusedId()]) {
      const got = await probe.json('GET', `/users/${String(id)}`);
      if (got !== null && !isDeepStrictEqual(got, STORED_RECORD)) continue;
      state.id = id;
      state.created = got === null;
      return id === TUTORIAL_ID ? undefined : `holds another record, which is left alone: writing to ${String(id)}`;
    }
    throw new Difference('an id that is free', 'records that are not ours');
  },
};

const puts: Check = {
  title: (state) => `PUT ${user(state)} with the tutorial's body`,
  needsId: true,
  run: async (probe, state) => {
    const got = await probe.json('PUT', user(state), PUT_BODY);
    if (got !== true) throw new Difference('true', show(got));
    return undefined;
  },
};

const stillThere = (words: string): Check => ({
  title: (state) => `GET ${user(state)} ${words}`,
  needsId: true,
  run: async (probe, state) => {
    expectRecord(await probe.json('GET', user(state)));
    return undefined;
  },
});

const inRedis: Check = {
  title: ({ id = TUTORIAL_ID }) => `Redis holds user:${String(id)}`,
  needsId: true,
  run: async (probe, { id }) => {
    const { connection } = probe.settings;
    if (!connection) return undefined;
    const document = await probe.redis(connection, 'JSON.GET', `user:${String(id)}`, '.');
    if (typeof document !== 'string') {
      throw new Difference(`the record in ${describeConnection(connection)}`, 'nothing: the service writes elsewhere');
    }
    expectRecord(JSON.parse(document));
    return `read from ${describeConnection(connection)}`;
  },
};

const unknownId: Check = {
  title: () => 'GET of an id never used is null',
  run: async (probe) => {
    const id = unusedId();
    const got = await probe.json('GET', `/users/${String(id)}`);
    if (got !== null) throw new Difference(`null for id ${String(id)}`, show(got));
    return undefined;
  },
};

const refuses: Check = {
  title: (state) => `an invalid PUT ${user(state)} is refused`,
  needsId: true,
  run: async (probe, state) => {
    const { status, text } = await probe.send('PUT', user(state), INVALID_BODY);
    if (status !== 422) throw new Difference('status 422', `status ${String(status)}: ${shorten(text)}`);
    return undefined;
  },
};

const describesRoutes: Check = {
  title: () => '/openapi.json describes both routes',
  run: async (probe) => {
    const document = await probe.json('GET', '/openapi.json');
    const paths = isRecord(document) && isRecord(document['paths']) ? document['paths'] : {};
    const route = paths['/users/{user_id}'];
    const methods = isRecord(route) ? Object.keys(route) : [];
    if (!methods.includes('get') || !methods.includes('put')) {
      throw new Difference('get and put of /users/{user_id}', show(paths));
    }
    return undefined;
  },
};

const servesDocs: Check = {
  title: () => '/docs serves Swagger UI',
  run: async (probe) => {
    const { status, text } = await probe.send('GET', '/docs');
    if (status !== 200 || !text.includes('SwaggerUIBundle')) {
      throw new Difference('a page that starts Swagger UI', `status ${String(status)}: ${shorten(text)}`);
    }
    const assets = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    const own = assets.filter((path) => /^\/(?!\/)/.test(path));
    for (const path of own) {
      const asset = await probe.send('GET', path);
      if (asset.status !== 200 || asset.text === '')
        throw new Difference(`the file ${path}`, `status ${String(asset.status)}`);
    }
    return own.length < assets.length ? 'loads files from elsewhere: needs the internet' : undefined;
  },
};

/** The tutorial's record stays, a spare one does not. Needs the connection to Redis: the service cannot delete. */
const takesAway: Check = {
  title: ({ id }) => `user:${String(id)} is removed again`,
  applies: ({ id, created }) => id !== undefined && id !== TUTORIAL_ID && created === true,
  run: async (probe, { id }) => {
    const { connection } = probe.settings;
    const deleted = connection && (await probe.redis(connection, 'DEL', `user:${String(id)}`));
    if (deleted !== 1) throw new Difference('one key deleted', show(deleted));
    return undefined;
  },
};

/** @param withRedis the connection to the database is known, so it is checked too */
export function contract(withRedis: boolean): readonly Check[] {
  return [
    ...exampleChecks,
    findsId,
    puts,
    stillThere('gives it back'),
    ...(withRedis ? [inRedis] : []),
    unknownId,
    refuses,
    stillThere('is as it was'),
    describesRoutes,
    servesDocs,
    ...(withRedis ? [takesAway] : []),
  ];
}

function expectRecord(got: unknown): void {
  if (!isDeepStrictEqual(got, STORED_RECORD)) throw new Difference(show(STORED_RECORD), show(got));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One of 2^47 ids: a used one is very unlikely. */
function unusedId(): number {
  return 2 ** 47 + Math.floor(Math.random() * 2 ** 47);
}
