/**
 * What runs in the Redis Software stand-in image: one node, as node.ts in ../enterprise says, on 9443 and 8443.
 *
 * Its family is STAND_IN_FAMILY, anything else (delays, troubles, faults) STAND_IN_BEHAVIOUR, as JSON: options.ts. What
 * it was asked is in /var/opt/redislabs/stand-in/requests.jsonl, what it knows in state.json beside it.
 *
 * Where each belief about the image comes from:
 * - ports 8443 and 9443, SYS_RESOURCE: redis.io, "Docker quickstart". It runs as user redislabs: public Dockerfiles on
 *   top of it change to root and back. Paths: files.ts. redis-cli is in /opt/redislabs/bin: redis.io, "CLI utilities".
 * - the log says `success: job_scheduler entered RUNNING state` when it is up: redis-developer/testcontainers-redis.
 */
import { networkInterfaces } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { startNode } from '../enterprise/node.ts';
import { delaysOf, type Behaviour, type Family } from '../enterprise/options.ts';

const { env } = process;
const PORTS = { api: 9443, ui: 8443, peer: 9998 };
const PROGRAMS = ['ccs', 'cnm_exec', 'dmcproxy', 'job_scheduler'];

const behaviour: Behaviour = {
  family: (env['STAND_IN_FAMILY'] ?? '8.x') as Family,
  ...(JSON.parse(env['STAND_IN_BEHAVIOUR'] ?? '{}') as Behaviour),
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
const address = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
const onDeath = (): never => process.exit(1);
await startNode({ behaviour, address, host: '0.0.0.0', shardHost: address, ports: PORTS, root: '/', onDeath });
await pause(delaysOf(behaviour).start);
for (const program of PROGRAMS) {
  process.stdout.write(`INFO success: ${program} entered RUNNING state, process has stayed up for > than 1 seconds\n`);
}
