import type { planSettings, waitSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import { readConnection, type redisSettings } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import { environmentValues } from '../command/values.ts';
import { sayUnread } from '../command/variables.ts';
import { assertReaches, databasesOf, named, targetsOf, workOf } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import { connecting, given } from './connecting.ts';

interface UpValues extends Values<typeof waitSettings & typeof redisSettings & Pick<typeof planSettings, 'explain'>> {
  readonly db: string;
  readonly on: string;
}

export async function upCommand(values: UpValues, stages: Stages, invocation: Invocation): Promise<void> {
  const { environment, finish } = invocation;
  sayUnread(readConnection(values, environment), invocation);
  const database = named(databasesOf(stages), values.db);
  const target = named(targetsOf(stages), values.on);
  assertReaches(target, database, stages);
  const redis = given(values, invocation);
  const { deploy } = await target.options();
  const wanted = { ...environmentValues(deploy.settings, environment), ...values } as never;
  const host = await workOf(target, invocation);
  const store = await workOf(database, invocation);
  const instead = (port: number): string => `redisdemo up --db ${values.db} --on ${values.on} --port ${String(port)}`;
  // Before the database is created: a service that cannot run there must be refused first.
  await store.check?.({ ...invocation, given: redis });
  await host.check?.(wanted, instead, invocation);
  await store.start?.(values, invocation);
  const request = {
    database: values.db,
    connection: connecting(database, redis, invocation),
    undo: 'redisdemo down',
  };
  const deployment = await host.deployment(wanted, request, invocation);
  const { result, problem } = await deployment.make();
  finish(result, problem);
}
