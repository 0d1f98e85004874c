/** A stand-in cluster for one test: it is gone at its end. */
import { Redis, type RedisOptions } from 'ioredis';
import { onTestFinished } from 'vitest';
import { makeCluster } from './enterprise-client.ts';
import { startCluster, type Cluster, type ClusterOptions } from '../fakes/enterprise/cluster.ts';

/** Of the databases here. */
export const PASSWORD = 'database secret';

const QUICK = { start: 60, bootstrap: 60, swap: 80, settle: 0, database: 30, change: 30 };

type ClientOptions = Pick<Required<RedisOptions>, 'host' | 'username' | 'password' | 'tls' | 'retryStrategy'>;

export async function fresh(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await startCluster({ ...options, delays: { ...QUICK, ...options.delays } });
  onTestFinished(() => cluster.stop());
  return cluster;
}

/** With a cluster on its first node. */
export async function ready(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await fresh(options);
  await makeCluster(cluster);
  return cluster;
}

export function redis(port: number, options: Partial<ClientOptions> = {}): Redis {
  const client = new Redis({
    port,
    protocol: 2,
    password: PASSWORD,
    enableReadyCheck: false, // a user with few rights may not call INFO
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
    ...options,
  });
  client.on('error', () => undefined); // a test takes the server away on purpose
  onTestFinished(() => {
    client.disconnect();
  });
  return client;
}
