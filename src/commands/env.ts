import { REDIS_VARIABLES, serviceVariables } from '../connection.ts';
import { databaseConnection } from '../deployment.ts';
import { renderVariables } from '../script/shell-variables.ts';
import type { Invocation } from '../command/invocation.ts';
import type { envSettings } from '../command/docker-options.ts';
import { openConnection } from '../command/given-file.ts';
import { readConnection } from '../command/options.ts';
import type { Values } from '../command/setting.ts';

export async function envCommand(values: Values<typeof envSettings>, invocation: Invocation): Promise<void> {
  const { systems, places, environment, finish, report } = invocation;
  const secret = values.reveal || values.out !== undefined;
  // What is only named need not be there.
  const given =
    values.db === 'url' && secret ? openConnection(values, invocation) : readConnection(values, environment);
  const settings = { database: values.db, connection: await given };
  const connection = await databaseConnection(settings, places, systems);
  const variables: Record<string, string> = { ...serviceVariables(connection) };
  if (connection.password && secret) {
    variables['REDISPASS'] = await systems.files.readSecret(connection.password);
    delete variables['REDISPASS_FILE'];
  }
  // Those of another database would lead astray: a password that this one does not have, TLS that it does not speak.
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
