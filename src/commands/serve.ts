import type { Connection } from '../connection.ts';
import { Problem } from '../problem.ts';
import { line, type Report } from '../report.ts';
import { serviceFile } from '../places.ts';
import { startLocal } from '../running-service/foreground.ts';
import type { Invocation } from '../command/invocation.ts';
import { openConnection } from '../command/given-file.ts';
import type { serveSettings } from '../command/options.ts';
import type { Values } from '../command/setting.ts';
import { sayUnread } from '../command/variables.ts';

/** Resolves when the service has been told to stop and has finished. */
export async function serveCommand(values: Values<typeof serveSettings>, invocation: Invocation): Promise<void> {
  const { systems, environment, places, report, signal, finish } = invocation;
  const { port, host } = values;
  const connection = await openConnection(values, invocation);
  sayUnread(connection, invocation);
  const record = (): string => places.home.record('service');
  const settings = { file: serviceFile(places.built), port, host, connection, environment, record };
  const service = await startLocal(settings, systems, { ...report, log: withLoginRemark(connection, invocation) });
  finish({
    data: { url: service.url, pid: service.pid, store: service.store },
    view: [
      line(`Listening on ${service.url} (users in ${service.store}). Ctrl-C stops it.`),
      ...service.others.map((url) => line(`From other machines: ${url}`)),
    ],
  });
  const stop = (): void => {
    service.child.stop('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const { exitCode, signal: killedBy } = await service.child.ended;
  // Stopped by a supervisor: exit code 0. A person's Ctrl-C is an interruption, as everywhere.
  if (exitCode === 0 && signal.reason instanceof Problem && signal.reason.code === 'interrupted') throw signal.reason;
  if (exitCode === 0) return;
  throw new Problem('service_failed', {
    message: `The service ended by itself (${killedBy ?? `exit ${String(exitCode)}`}).`,
    hint: 'Its last log lines are above.',
  });
}

/** The log, and once what is odd about a password that Redis refuses: the service does not know where it is from. */
function withLoginRemark(connection: Connection | undefined, { systems, report }: Invocation): Report['log'] {
  let password = connection?.password;
  return (text) => {
    report.log(text);
    if (password === undefined || !/\b(?:WRONGPASS|NOAUTH)\b/.test(text)) return;
    void systems.files.describeSecret(password).then((remark) => {
      if (remark !== undefined) report.say(remark, 'note');
    });
    password = undefined;
  };
}
