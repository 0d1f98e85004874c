import { findContainer } from '../plan/container-checks.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import type { Invocation } from './invocation.ts';

interface Logged {
  readonly container: string;
  readonly lines: number;
  /** The command that starts the container. */
  readonly start: string;
  /** The error code where there is no such container. */
  readonly missing: ProblemCode;
}

/** Prints the log of a container. Throws a Problem if the container does not exist or its log cannot be read. */
export async function printLog(
  { container, lines, start, missing }: Logged,
  { systems, finish }: Invocation,
): Promise<void> {
  const found = await findContainer(container, systems);
  if (found?.ours === false) {
    throw new Problem('foreign', {
      message: `The container ${container} was not created by redisdemo, or from another state folder.`,
      hint: `Its log: docker logs --tail ${String(lines)} ${container}`,
    });
  }
  const log = await systems.containers.log(container, lines);
  if (log.kind === 'absent')
    throw new Problem(missing, { message: `No log: ${log.reason}`, hint: `Start it with: ${start}` });
  if (log.kind === 'failed') {
    throw new Problem('system_failed', {
      message: `The log of ${container} cannot be read: ${log.reason}`,
      hint: "Docker keeps logs with the log driver json-file or local: docker info --format '{{.LoggingDriver}}'",
    });
  }
  finish({ data: { log: log.value }, view: [{ kind: 'text', text: log.value.trimEnd() }] });
}
