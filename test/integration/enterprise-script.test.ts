/** The script of `database create --print` ends as the command does: with the real curl and jq, against a cluster at an address. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { administratorOf } from '../support/enterprise-address.ts';
import { ADMIN, makeDatabase } from '../support/enterprise-client.ts';
import { ready } from '../support/enterprise-cluster.ts';
import { enterprisePorts } from '../support/enterprise-ports.ts';
import type { Cluster, ClusterOptions } from '../fakes/enterprise/cluster.ts';
import type { FaultRule } from '../fakes/enterprise/options.ts';
import { redisMissing } from '../fakes/redis-server.ts';

const ALL = '/v1/bdbs';

interface Ended {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/** The script of `database create demo`, each time it is run. */
async function scriptFor(cluster: Cluster, args: readonly string[], login = ADMIN): Promise<() => Promise<Ended>> {
  const { run, folder } = await administratorOf(cluster, login);
  const printed = await run(['database', 'create', 'demo', '--print', ...args]);
  const file = join(folder, 'x.sh');
  await writeFile(file, String(printed.data?.['script']));
  return async () => {
    const { exitCode, stderr } = await execa('sh', [file], { reject: false });
    return { exitCode, stderr };
  };
}

function posts(cluster: Cluster): number {
  return cluster.exchanges().filter(({ method, path }) => method === 'POST' && path === ALL).length;
}

function answered(status: number, error_code: string, nth?: readonly number[]): FaultRule {
  const fault = { kind: 'answer', status, body: { error_code, description: 'its own words' } } as const;
  return { method: 'POST', path: ALL, fault, ...(nth && { nth }) };
}

describe.skipIf(redisMissing !== '')(`a printed script${redisMissing}`, () => {
  test('makes the database, also after refusals that pass, and finds it the second time', async () => {
    const cluster = await ready({
      faults: [answered(409, 'cluster_busy', [1]), answered(406, 'invalid_version', [2])],
    });
    const { port } = await enterprisePorts();
    const run = await scriptFor(cluster, ['--port', String(port)]);
    expect(await run()).toEqual({ exitCode: 0, stderr: '' });
    expect(cluster.state()?.databases).toMatchObject([{ status: 'active', port }]);
    const before = posts(cluster);
    expect(await run()).toEqual({ exitCode: 0, stderr: '' });
    expect(posts(cluster)).toBe(before);
  });

  test.each<[string, ClusterOptions, number, string, number]>([
    ['a cluster without modules', { family: '7.22', troubles: { noModules: true } }, 3, 'ReJSON and search', 0],
    ['a port that is taken', { faults: [answered(406, 'port_unavailable')] }, 5, '406, port_unavailable, its own', 1],
    ['too little memory', { faults: [answered(406, 'insufficient_resources')] }, 3, 'insufficient_resources', 1],
    ['a refusal that nobody knows', { faults: [answered(406, 'surprise')] }, 1, '406, surprise, its own words', 1],
    ['a role that is too small', { faults: [answered(403, 'forbidden')] }, 4, '403, forbidden', 1],
  ])('ends at once for %s', async (_title, options, exitCode, words, sent) => {
    const cluster = await ready(options);
    const run = await scriptFor(cluster, []);
    const ended = await run();
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toContain(words);
    expect(posts(cluster)).toBe(sent);
    expect(cluster.state()?.databases).toEqual([]);
  });

  test('tries again no longer than --timeout', async () => {
    const cluster = await ready({ faults: [answered(429, 'too_many')] });
    const run = await scriptFor(cluster, ['--timeout', '2s']);
    const ended = await run();
    expect(ended.exitCode).toBe(6);
    expect(ended.stderr).toContain('could not create database demo: status 429, too_many, its own words');
    expect(posts(cluster)).toBeLessThan(10);
  });

  test('sends a wrong password once', async () => {
    const cluster = await ready();
    const run = await scriptFor(cluster, [], { ...ADMIN, password: 'wrong' });
    const before = cluster.exchanges().length;
    expect(await run()).toMatchObject({ exitCode: 4 });
    expect(cluster.exchanges().slice(before)).toMatchObject([{ status: 401 }]);
  });

  test('takes numbers that come as texts for what they are', async () => {
    const cluster = await ready({ troubles: { answers: 'texts' } });
    const { port } = await enterprisePorts();
    const run = await scriptFor(cluster, ['--port', String(port)]);
    expect(await run()).toEqual({ exitCode: 0, stderr: '' });
    expect(await run()).toEqual({ exitCode: 0, stderr: '' });
  });

  test('ends for a database of that name without the modules', async () => {
    const cluster = await ready();
    // Before Redis 8 a database has the modules that it was given.
    await makeDatabase(cluster, { redis_version: '7.4', data_persistence: 'aof', eviction_policy: 'noeviction' });
    const run = await scriptFor(cluster, []);
    const ended = await run();
    expect(ended.exitCode).toBe(5);
    expect(ended.stderr).toContain('modules');
  });

  test('ends for a database of that name with other settings', async () => {
    const cluster = await ready();
    await makeDatabase(cluster, { data_persistence: 'aof', eviction_policy: 'allkeys-lru' });
    const run = await scriptFor(cluster, []);
    const ended = await run();
    expect(ended.exitCode).toBe(5);
    expect(ended.stderr).toContain('eviction');
    expect(ended.stderr).not.toContain('persistence');
  });
});
