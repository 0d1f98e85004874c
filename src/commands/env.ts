import type { Invocation } from '../command/invocation.ts';
import { readConnection } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import { REDIS_VARIABLES, serviceVariables } from '../connection.ts';
import { renderVariables } from '../script/shell-variables.ts';
import { databasesOf, named } from '../stage/list.ts';
import type { Stages } from '../stage/stage.ts';
import { connecting, given } from './connecting.ts';
import type { envSettings } from './env-options.ts';

type EnvValues = Values<typeof envSettings> & { readonly db: string };

export async function envCommand(values: EnvValues, stages: Stages, invocation: Invocation): Promise<void> {
  const { systems, environment, finish, report } = invocation;
  const secret = values.reveal || values.out !== undefined;
  // Without its password, the database does not have to exist.
  const redis = secret ? given(values, invocation) : () => Promise.resolve(readConnection(values, environment));
  const connection = await connecting(named(databasesOf(stages), values.db), redis, invocation)('machine');
  if (!connection) throw new Error(`${values.db} gives no connection`);
  const variables: Record<string, string> = { ...serviceVariables(connection) };
  if (connection.password && secret) {
    variables['REDISPASS'] = await systems.files.readSecret(connection.password);
    delete variables['REDISPASS_FILE'];
  }
  // Left over from another database, these would mislead: a password or TLS that this one does not have.
  const unset = REDIS_VARIABLES.filter((name) => !(name in variables));
  const text = renderVariables(values.shell, variables, unset);
  if (values.out !== undefined) {
    const isFile = await systems.files.writeNamed(values.out, text, { secret: true });
    report.say(`${values.out} holds the connection${isFile ? '; only you can read it' : ''}`, 'good');
    finish({ data: { file: values.out, variables: Object.keys(variables) }, view: [] });
    return;
  }
  finish({ data: { variables }, view: [{ kind: 'exact', text: text.replace(/\n$/, '') }] });
}
