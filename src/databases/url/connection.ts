import type { Connection } from '../../connection.ts';
import { Problem } from '../../problem.ts';
import type { ConnectionContext, Origin } from '../../stage/database-work.ts';
import type { OpenedDatabase, TourContext } from '../../stage/tour.ts';

export async function urlConnection(from: Origin, { given }: ConnectionContext): Promise<Connection> {
  const connection = await given();
  if (connection) return from === 'engine' ? fromContainer(connection) : connection;
  throw new Problem('bad_usage', {
    message: 'The database "url" needs the address of a Redis.',
    hint: 'Give --redis-host (or set REDISHOST), and REDISPORT and REDISPASS as needed.',
  });
}

export function openUrl({ given }: TourContext): OpenedDatabase {
  if (given) return { close: () => Promise.resolve([]) };
  throw new Problem('out_of_reach', { message: 'no Redis is given: REDISHOST of one that the internet reaches' });
}

function fromContainer(connection: Connection): Connection {
  if (!/^(?:localhost|127\..*|::1|0\.0\.0\.0)$/.test(connection.host)) return connection;
  throw new Problem('bad_setting', {
    message: `${connection.host} is this machine: a container that asks for it reaches itself.`,
    hint: 'Give an address that containers reach too, or run the service here: redisdemo deploy local --db url',
  });
}
