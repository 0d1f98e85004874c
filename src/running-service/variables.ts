import { serviceVariables, type Connection } from '../connection.ts';
import { Problem } from '../problem.ts';

/** Settings of the service that have no flag here, and what Node itself and its network need from their surroundings. */
export const PASSED_ON: readonly string[] = [
  ...['BODY_LIMIT', 'MEMORY_LIMIT', 'REQUEST_TIMEOUT_MS', 'SLOW_REQUEST_MS', 'LOG_REQUESTS'],
  ...['REDIS_REPLY_TIMEOUT_MS', 'REDIS_SILENCE_MS'],
  ...['NODE_EXTRA_CA_CERTS', 'SystemRoot', 'TZ'],
];

/** Linux starts no program with a longer one (MAX_ARG_STRLEN): https://man7.org/linux/man-pages/man2/execve.2.html */
const LONGEST_VARIABLE_BYTES = 131_071;

export function localVariables(connection: Connection): Readonly<Record<string, string>> {
  const variables = serviceVariables(connection);
  const isTooLong = Object.entries(variables).some(
    ([name, value]) => Buffer.byteLength(`${name}=${value}`) >= LONGEST_VARIABLE_BYTES,
  );
  if (!isTooLong) return variables;
  throw new Problem('bad_setting', {
    message:
      'These certificates are too long for a variable, which is how the service gets REDISCA, and those from a pipe.',
    hint: 'Put them into a file and name it: --redis-ca-file FILE, or REDISCA_FILE',
  });
}
