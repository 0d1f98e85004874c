import { Problem } from '../../problem.ts';
import { line } from '../../report.ts';
import { startLocal } from '../../targets/local.ts';
import { serviceFile } from '../../deployment.ts';
import type { Invocation } from '../invocation.ts';
import { readConnection, type serveSettings } from '../options.ts';
import type { Values } from '../setting.ts';

/** Resolves when the service has been told to stop and has finished. */
export async function serveCommand(values: Values<typeof serveSettings>, invocation: Invocation): Promise<void> {
  const { systems, environment, places, report, signal, finish } = invocation;
  const { port, host } = values;
  const connection = readConnection(values, environment);
  const service = await startLocal(
    { file: serviceFile(places.built), port, host, connection, environment },
    systems,
    report,
  );
  finish({
    data: { url: service.url, pid: service.pid, store: service.store },
    view: [line(`Listening on ${service.url} (users in ${service.store}). Ctrl-C stops it.`)],
  });
  const stop = (): void => {
    service.child.stop('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const { exitCode, signal: killedBy } = await service.child.ended;
  // Asked to stop by a supervisor, it did: 0. A person's Ctrl-C is an interruption, as everywhere.
  if (exitCode === 0 && signal.reason instanceof Problem && signal.reason.code === 'interrupted') throw signal.reason;
  if (exitCode === 0) return;
  throw new Problem('service_failed', {
    message: `The service ended by itself (${killedBy ?? `exit ${String(exitCode)}`}).`,
    hint: 'Its last log lines are above.',
  });
}
