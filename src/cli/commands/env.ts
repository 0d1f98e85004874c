import { serviceVariables, type Connection } from '../../connection.ts';
import { stackConnection } from '../../databases/stack.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { renderVariables } from '../../shell-variables.ts';
import type { Invocation } from '../invocation.ts';
import type { envSettings } from '../docker-options.ts';
import { readConnection, type Values } from '../options.ts';

export async function envCommand(values: Values<typeof envSettings>, invocation: Invocation): Promise<void> {
  const { systems, finish, report } = invocation;
  const connection = await chooseConnection(values, invocation);
  const variables: Record<string, string> = { ...serviceVariables(connection) };
  const secret = values.reveal || values.out !== undefined;
  if (connection.password && secret) {
    variables['REDISPASS'] = await systems.files.readSecret(connection.password);
    delete variables['REDISPASS_FILE'];
  }
  const text = renderVariables(values.shell, variables);
  if (values.out !== undefined) {
    await systems.files.writePrivate(values.out, text);
    report.say(`${values.out} holds the connection; only you can read it`, 'good');
    finish({ data: { file: values.out, variables: Object.keys(variables) }, view: [] });
    return;
  }
  finish({ data: { variables }, view: [line(text.trimEnd())] });
}

async function chooseConnection(
  values: Values<typeof envSettings>,
  { places, systems, environment }: Invocation,
): Promise<Connection> {
  if (values.db === 'stack') return stackConnection(places.home, systems);
  const connection = readConnection(values, environment);
  if (connection) return connection;
  throw new Problem('bad_usage', {
    message: 'The database "url" needs the address of a Redis.',
    hint: 'Give --redis-host (or set REDISHOST), and REDISPORT and REDISPASS as needed.',
  });
}
