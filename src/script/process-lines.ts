/** The service in the background as the lines of a shell. */
import { REDIS_VARIABLES } from '../connection.ts';
import type { RunProcess } from '../plan/action.ts';
import { commandLine, quote } from './shell.ts';

/** With the record by which it is found again, and may be taken away. */
export function processLines({ file, url, env, passedOn, logFile, recordFile }: RunProcess): string {
  const settings = Object.entries(env).map(([variable, value]) => `${variable}=${quote(value)}`);
  const record = JSON.stringify({ url, env }).slice(1, -1);
  return [
    `(umask 077; mkdir -p "$(dirname ${quote(logFile)})" "$(dirname ${quote(recordFile)})"`,
    // Set in the shell for something else, they would lead the service there.
    commandLine(['unset', ...REDIS_VARIABLES.filter((name) => !passedOn.includes(name))]),
    "INSTANCE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')",
    `INSTANCE=$INSTANCE ${settings.join(' ')} node ${quote(file)} >${quote(logFile)} 2>&1 &`,
    `printf '{"instance":"%s","pid":%s,%s}' "$INSTANCE" "$!" ${quote(record)} >${quote(recordFile)})`,
  ].join('\n');
}
