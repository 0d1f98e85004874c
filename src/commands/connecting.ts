import { openConnection } from '../command/given-file.ts';
import type { Invocation } from '../command/invocation.ts';
import type { redisSettings } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import type { Connection } from '../connection.ts';
import type { ConnectionContext } from '../stage/database-work.ts';
import type { Database } from '../stage/stage.ts';
import { workOf } from '../stage/list.ts';
import type { DeployRequest } from '../stage/target-work.ts';

/** The Redis that is named beside a database. Its files are opened once, when a database asks for it. */
export function given(values: Values<typeof redisSettings>, invocation: Invocation): ConnectionContext['given'] {
  let opened: Promise<Connection | undefined> | undefined;
  return () => (opened ??= openConnection(values, invocation));
}

export function connecting(
  database: Database,
  redis: ConnectionContext['given'],
  context: Pick<Invocation, 'systems' | 'places' | 'environment'>,
): DeployRequest['connection'] {
  return async (from) => {
    const { connection } = await workOf(database, context);
    return connection(from, { ...context, given: redis });
  };
}
