/** The ports of this machine that a database may have: redis/docs, rs/networking/port-configurations. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ClusterState } from './state.ts';

const FIRST = 10_000;
const COUNT = 10_000;
const RESERVED = 10_050;

/** One that no database has and nothing listens on. */
export async function choosePort({ databases }: Pick<ClusterState, 'databases'>): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const isTaken = port === RESERVED || databases.some((database) => database.port === port);
    if (!isTaken && (await isFree(port))) return port;
  }
}

export async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
