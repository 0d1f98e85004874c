import type { planSettings, waitSettings } from '../command/docker-options.ts';
import type { Invocation } from '../command/invocation.ts';
import type { redisSettings } from '../command/options.ts';
import { scriptResult } from '../command/plans.ts';
import type { Values } from '../command/setting.ts';
import { assertReaches, databasesOf, named, workOf } from '../stage/list.ts';
import type { Stages, Target } from '../stage/stage.ts';
import { connecting, given } from './connecting.ts';

interface DeployValues extends Values<typeof waitSettings & typeof redisSettings & typeof planSettings> {
  readonly db: string;
}

export async function deployCommand(
  values: DeployValues,
  { target, stages }: { readonly target: Target; readonly stages: Stages },
  invocation: Invocation,
): Promise<void> {
  const { finish } = invocation;
  const database = named(databasesOf(stages), values.db);
  assertReaches(target, database, stages);
  const host = await workOf(target, invocation);
  const request = {
    database: values.db,
    connection: connecting(database, given(values, invocation), invocation),
    undo: `redisdemo destroy ${target.name}`,
  };
  const deployment = await host.deployment(values as never, request, invocation);
  if (values.print) {
    finish(scriptResult(await deployment.script()));
    return;
  }
  const { result, problem } = await deployment.make();
  finish(result, problem);
}
