import { REDIS_VARIABLES, serviceVariables, type Connection } from '../../connection.ts';
import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { renderVariables } from '../../shell-variables.ts';
import type { Invocation } from '../invocation.ts';
import type { envSettings } from '../docker-options.ts';
import { readConnection } from '../options.ts';
import type { Values } from '../setting.ts';

export async function envCommand(values: Values<typeof envSettings>, invocation: Invocation): Promise<void> {
  const { systems, finish, report } = invocation;
  const connection = await CONNECTIONS[values.db](values, invocation);
  const variables: Record<string, string> = { ...serviceVariables(connection) };
  const secret = values.reveal || values.out !== undefined;
  if (connection.password && secret) {
    variables['REDISPASS'] = await systems.files.readSecret(connection.password);
    delete variables['REDISPASS_FILE'];
  }
  // Those of another database would lead astray: a password that this one does not have, TLS that it does not speak.
  const unset = REDIS_VARIABLES.filter((name) => !(name in variables));
  const text = renderVariables(values.shell, variables, unset);
  if (values.out !== undefined) {
    await systems.files.writePrivate(values.out, text);
    report.say(`${values.out} holds the connection; only you can read it`, 'good');
    finish({ data: { file: values.out, variables: Object.keys(variables) }, view: [] });
    return;
  }
  finish({ data: { variables }, view: [line(text.trimEnd())] });
}

type ConnectionOf = (values: Values<typeof envSettings>, invocation: Invocation) => Promise<Connection>;

const CONNECTIONS: Readonly<Record<Values<typeof envSettings>['db'], ConnectionOf>> = {
  stack: async (_values, { places, systems }) => {
    const { stackConnection } = await import('../../databases/stack.ts');
    return stackConnection(places.home, systems);
  },
  enterprise: async (_values, { places, systems }) => {
    const { enterpriseConnection } = await import('../../databases/enterprise/enterprise.ts');
    return enterpriseConnection(places.home, systems);
  },
  url: (values, { environment }) => {
    const connection = readConnection(values, environment);
    if (connection) return Promise.resolve(connection);
    throw new Problem('bad_usage', {
      message: 'The database "url" needs the address of a Redis.',
      hint: 'Give --redis-host (or set REDISHOST), and REDISPORT and REDISPASS as needed.',
    });
  },
};
