/**
 * Runs inside the service's image: starts the service and a bare node:http server in turns, and prints their cold starts as
 * JSON. Arguments: the number of rounds, and the port of a Redis on the host's loopback address.
 */
import type { Contender } from './contenders.ts';
import { run } from './running.ts';
import { rotate } from './turns.ts';

/** Milliseconds, one for each round. */
export interface ImageStarts {
  readonly service: number[];
  readonly bare: number[];
}

const [rounds = 0, port = 0] = process.argv.slice(2).map(Number);
const redis = { host: '127.0.0.1', port, tls: false };
const starts: ImageStarts = { service: [], bare: [] };
const CONTENDERS: readonly (readonly [keyof ImageStarts, Contender])[] = [
  ['service', { name: 'service', command: () => [process.execPath, '/service/server.js'] }],
  ['bare', { name: 'bare http', command: () => [process.execPath, '/bench/bare-http.js'] }],
];

// The first round reads the files into memory, and does not count.
for (let round = 0; round <= rounds; round++) {
  for (const [name, contender] of rotate(CONTENDERS, round)) {
    const running = await run(contender, redis, []);
    if (round > 0) starts[name].push(running.coldStartMs);
    await running.kill();
  }
}
process.stdout.write(JSON.stringify(starts));
