/** A Google Cloud of a test's own, a Redis that its services reach by a public name, and the built CLI against both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, startCli, type CliRun } from './cli.ts';
import { gcloud, gcloudMissing, type GcloudRun } from '../fakes/google/gcloud.ts';
import { startGoogle, type Google, type GoogleOptions } from '../fakes/google/google.ts';
import type { Login } from '../fakes/google/logins.ts';
import { residentGcloud } from '../fakes/google/resident-gcloud.ts';
import { startJsonRedis, type JsonRedis } from '../fakes/json-redis.ts';
import { redisMissing } from '../fakes/redis-server.ts';

/** Why these tests are skipped, to stand in their title; empty when they run. */
export const cloudMissing = gcloudMissing || redisMissing;

/** With all that means something to gcloud's lists, to the shell and to JSON. */
export const PASSWORD = `c4n,ary=s"e$HOME'\\t`;
export const SERVICE = 'redisdemo';
export const REGION = 'europe-west1';
const LIVE = `https://redisdemo-123456789012.${REGION}.run.app`;

type Variables = Readonly<Record<string, string>>;

interface CloudOptions extends GoogleOptions {
  readonly redis?: JsonRedis;
}

export interface Cloud {
  readonly google: Google;
  readonly redis: JsonRedis;
  /** A PATH with the resident gcloud, its login and proxy, the project, the Redis and its password, REDISDEMO_HOME. */
  readonly env: Variables;
  readonly home: string;
  /** Where the CLI runs: an empty folder. */
  readonly cwd: string;
  readonly run: (args: readonly string[], env?: Variables) => Promise<CliRun>;
  readonly start: (args: readonly string[], env?: Variables) => ReturnType<typeof startCli>;
  /** The real gcloud, in the project. */
  readonly gcloud: (...args: readonly string[]) => Promise<GcloudRun>;
  /** The variables of another login. */
  readonly login: (login: Login) => Promise<Variables>;
  /** What the service gives at its own address: a status, or the user. */
  readonly live: () => Promise<string>;
  /** Resolves with what came to Google and is not played there, and with the bugs of the stand-in: none. */
  readonly close: () => Promise<readonly string[]>;
}

/** @param options a Redis of another cloud's that is to be this one's too */
export async function openCloud({ redis: given, ...options }: CloudOptions = {}): Promise<Cloud> {
  const redis = given ?? (await startJsonRedis({ password: PASSWORD }));
  const google = await startGoogle({ hosts: { 'redis.example.com': redis.host }, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'redisdemo-cloud-'));
  const home = join(folder, 'home');
  const cwd = await mkdtemp(join(folder, 'cwd-'));
  const env = {
    ...(await google.environment()),
    PATH: (await residentGcloud()).path,
    REDISDEMO_HOME: home,
    REDISDEMO_PROJECT: google.project.id,
    REDISHOST: 'redis.example.com',
    REDISPORT: String(redis.port),
    REDISPASS: PASSWORD,
  };
  return {
    google,
    redis,
    env,
    home,
    cwd,
    run: (args, more) => cli(args, { env: { ...env, ...more }, cwd }),
    start: (args, more) => startCli(args, { env: { ...env, ...more }, cwd }),
    gcloud: (...args) => gcloud([...args, `--project=${google.project.id}`], { env }),
    login: google.environment,
    live: async () => {
      const { status, text } = await google.fetch(`${LIVE}/users/1`);
      return status === 200 ? text : String(status);
    },
    close: async () => {
      await google.stop();
      if (given === undefined) await redis.stop();
      await rm(folder, { recursive: true });
      return [...google.unplayed, ...google.strangers, ...google.crashes];
    },
  };
}
