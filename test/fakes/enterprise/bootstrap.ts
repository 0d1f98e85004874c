/**
 * How a node comes into a cluster: GET and POST /v1/bootstrap.
 *
 * Where each belief comes from (redis/docs, content/operate/rs/references/rest-api):
 * - states idle, initiated, creating_cluster, joining_cluster, error, completed inside `bootstrap_status`, start_time and
 *   end_time, on error error_code (13 values) and error_details.message: requests/bootstrap/_index.md. Their nulls, and
 *   which fields a completed one has: redis-enterprise-rs, tests/fixtures/bootstrap_status.json and facts B4.4.
 * - POST is accepted at once, with an empty body (facts F), and only when idle or after an error, else 409: the same page.
 * - POST …/validate/… answers at once: 200, or 406 with state, error_code and error_details, not inside another object:
 *   requests/bootstrap/validate.md, read literally.
 * - schema faults are 400 invalid_schema: facts B4.5. A cluster's name is a host name of at most 64 characters, a user
 *   name has none of & < > ": objects/bootstrap/. `license: ""` and unknown keys are ignored (facts B5, inferred).
 * - a node joins with the credentials of the cluster and the addresses of its members: objects/bootstrap/cluster_identity.
 *
 * Not known: the codes for a bad name (here config_error) and for an address that is none (here connect_error).
 */
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from './answer.ts';
import { delaysOf, type Behaviour, type BootstrapFailure } from './options.ts';

export type BootstrapAction = 'create_cluster' | 'join_cluster';

export interface BootstrapRequest {
  readonly action: BootstrapAction;
  readonly cluster: { readonly name?: string; readonly nodes?: readonly string[] };
  readonly credentials: { readonly username: string; readonly password: string };
  readonly node?: { readonly identity?: { readonly external_addr?: readonly string[] } };
  readonly license?: string;
}

export interface BootstrapStatus {
  readonly state: 'idle' | 'initiated' | 'creating_cluster' | 'joining_cluster' | 'error' | 'completed';
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly error_code?: string;
  readonly error_details?: { readonly message: string } | null;
}

export interface Bootstrap {
  readonly status: () => BootstrapStatus;
  /** Throws a Refusal when it may not begin. */
  readonly begin: (request: BootstrapRequest) => void;
}

interface BootstrapOptions {
  readonly behaviour: Behaviour;
  /** The node is in a cluster already: after a restart. */
  readonly completed: boolean;
  /** Makes the cluster or joins it; rejects with a BootstrapError. */
  readonly perform: (request: BootstrapRequest) => Promise<void>;
  readonly die: () => void;
}

/** Ends a bootstrap with this code. */
export class BootstrapError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const HOST_NAME = /^(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const BUSY = ['initiated', 'creating_cluster', 'joining_cluster', 'completed'];

export function openBootstrap({ behaviour, completed, perform, die }: BootstrapOptions): Bootstrap {
  const delays = delaysOf(behaviour);
  let failures = 0;
  let status: BootstrapStatus = { state: 'idle', start_time: null, end_time: null, error_details: null };
  if (completed) status = { state: 'completed', start_time: now(), end_time: now() };

  const run = async (request: BootstrapRequest): Promise<void> => {
    const start_time = now();
    const trouble = behaviour.troubles?.bootstrap;
    status = { state: 'initiated', start_time, end_time: null };
    await pause(delays.bootstrap / 10);
    status = { ...status, state: request.action === 'create_cluster' ? 'creating_cluster' : 'joining_cluster' };
    if (trouble === 'stuck') return;
    if (trouble === 'dies') {
      die();
      return;
    }
    await pause(delays.bootstrap * 0.9);
    try {
      if (typeof trouble === 'object' && isDue(trouble, request.action, failures)) {
        failures += 1;
        throw new BootstrapError(trouble.errorCode, trouble.message ?? `the bootstrap failed: ${trouble.errorCode}`);
      }
      const wrong = whatIsWrong(request);
      if (wrong !== undefined) throw wrong;
      await perform(request);
      status = { state: 'completed', start_time, end_time: now() };
    } catch (error) {
      status = { ...status, ...failure(error), end_time: now() };
    }
  };
  return {
    status: () => status,
    begin: (request) => {
      if (BUSY.includes(status.state))
        throw new Refusal(409, 'bootstrap_in_progress', 'Bootstrap is already in progress');
      void run(request);
    },
  };
}

/** The body of POST, in so far as it decides anything. Throws a Refusal for a body that the schema forbids. */
export function readBootstrapRequest(action: string, body: unknown): BootstrapRequest {
  const invalid = (why: string): Refusal => new Refusal(400, 'invalid_schema', why);
  if (typeof body !== 'object' || body === null) throw invalid('the body is not a JSON object');
  const { action: named, cluster, credentials } = body as Partial<Record<string, Record<string, unknown>>>;
  if ((named as unknown) !== action) throw invalid(`'action' is not '${action}'`);
  if (cluster === undefined) throw invalid("'cluster' is a required property");
  if (typeof credentials?.['username'] !== 'string' || typeof credentials['password'] !== 'string') {
    throw invalid("'credentials' needs 'username' and 'password'");
  }
  if (/[&<>"]/.test(credentials['username'])) throw invalid("'username' has a character that is not allowed");
  return body as BootstrapRequest;
}

/** What POST …/validate/… answers 406 with; undefined when all is well. */
export function validate(request: BootstrapRequest, { troubles }: Behaviour): BootstrapStatus | undefined {
  const trouble = troubles?.validation;
  const due = trouble !== undefined && isDue(trouble, request.action, 0);
  const wrong = due
    ? new BootstrapError(trouble.errorCode, trouble.message ?? trouble.errorCode)
    : whatIsWrong(request);
  return wrong && { start_time: now(), end_time: now(), ...failure(wrong) };
}

function isDue({ action, times }: BootstrapFailure, asked: BootstrapAction, failures: number): boolean {
  return (action ?? asked) === asked && failures < (times ?? Infinity);
}

function whatIsWrong({ action, cluster, license = '' }: BootstrapRequest): BootstrapError | undefined {
  if (action === 'create_cluster' && !HOST_NAME.test(cluster.name ?? '')) {
    return new BootstrapError('config_error', `Invalid cluster name: ${String(cluster.name)}`);
  }
  if (license !== '') return new BootstrapError('invalid_license', 'The license is not valid');
  const [member = ''] = cluster.nodes ?? [];
  if (action === 'join_cluster' && isIP(member) === 0) {
    return new BootstrapError('connect_error', `Cannot connect to cluster node '${member}'`);
  }
  return undefined;
}

function failure(error: unknown): Pick<BootstrapStatus, 'state' | 'error_code' | 'error_details'> {
  const isOurs = error instanceof BootstrapError;
  const message = error instanceof Error ? error.message : String(error);
  return { state: 'error', error_code: isOurs ? error.code : 'internal_error', error_details: { message } };
}

/** As the recorded ones: without fractions of a second. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+/, '');
}
