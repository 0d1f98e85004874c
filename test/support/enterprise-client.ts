/** The REST API of Redis Software as its users call it, with the certificate pinned: for tests without the product. */
import { Agent, fetch } from 'undici';
import { parsed } from '../fakes/enterprise/exchanges.ts';
import { until } from './docker.ts';

export const ADMIN = { username: 'admin@redis.local', password: 'Secret-123' };
export const CREATE = { action: 'create_cluster', cluster: { name: 'docker-cluster' }, credentials: ADMIN };

/** Shorter than until() is patient: a connection that never comes is tried again. */
const CONNECT_MS = 30_000;

/** Where to ask, and the certificate that is to be there; asked for each time, for it changes. */
export interface Target {
  readonly url: string;
  readonly certificate: () => string | Promise<string>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  /** null: none. */
  readonly login?: { readonly username: string; readonly password: string } | null;
}

/** Rejects with the code of a broken connection or of a certificate that is not the pinned one. */
export async function call(
  { url, certificate }: Target,
  path: string,
  { method, body, login = ADMIN }: Call = {},
): Promise<Reply> {
  // The names in it are not those of the host: it is the certificate itself that counts.
  const dispatcher = new Agent({
    connect: { ca: await certificate(), checkServerIdentity: () => undefined, timeout: CONNECT_MS },
  });
  const authorization = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  try {
    const response = await fetch(url + path, {
      dispatcher,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(authorization !== null && { authorization }), 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers as unknown as Headers };
  } catch (error) {
    const { cause } = error as Error & { readonly cause?: Error & { readonly code?: string } };
    throw new Error(cause?.code ?? cause?.message ?? String(error), { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

/** The body of the first 200. */
export async function ok<T>(target: Target, path: string, options: Call = {}): Promise<T> {
  return until(async () => {
    const { status, body } = await call(target, path, options);
    if (status !== 200) throw new Error(`${String(status)} ${JSON.stringify(body)}`);
    return body as T;
  });
}

/** Makes a cluster of a fresh node, and waits until it takes databases. */
export async function makeCluster(target: Target): Promise<void> {
  await ok(target, '/v1/bootstrap/create_cluster', { body: CREATE, login: null });
  await ok(target, '/v1/cluster');
}

interface Bdb {
  readonly uid: number;
  readonly status: string;
  readonly port: number;
  readonly endpoints: readonly { readonly port: number }[];
}

/** Waits until it is active. */
export async function makeDatabase(target: Target, fields: object): Promise<Bdb> {
  const body = { name: 'demo', memory_size: 100_000_000, ...fields };
  const { uid } = await ok<Bdb>(target, '/v1/bdbs', { body });
  return untilActive(target, uid);
}

export async function untilActive(target: Target, uid: number): Promise<Bdb> {
  return until(async () => {
    const database = await ok<Bdb>(target, `/v1/bdbs/${String(uid)}`);
    if (database.status !== 'active') throw new Error(`it is ${database.status}`);
    return database;
  });
}
