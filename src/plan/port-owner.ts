import { isInterruption, Problem, type ProblemCode } from '../problem.ts';
import { LABEL, removalLine } from './action.ts';
import type { Systems } from './systems.ts';

interface PortOwner {
  /** The container, or `local` for the service in the background. */
  readonly name?: string;
  readonly words: string;
  /** The command that removes it; absent for what redisdemo did not create. */
  readonly removal?: string;
}

type Asked = Pick<Systems, 'ports' | 'processes' | 'containers'>;

/** The {@link PortOwner.name} of the service in the background. */
export const BACKGROUND = 'local';

/** @param record the record of the service in the background */
export async function findPortOwner(
  port: number,
  record: () => string,
  systems: Asked,
): Promise<PortOwner | undefined> {
  const [owner, service] = await Promise.all([systems.ports.owner(port), recordedOn(port, record, systems)]);
  if (service !== undefined && owner?.endsWith(`(pid ${String(service)})`) === true)
    return {
      name: BACKGROUND,
      words: `redisdemo's own service in the background (pid ${String(service)})`,
      removal: 'redisdemo destroy local',
    };
  const container = await publisherOf(port, systems);
  if (container === undefined) return owner === undefined ? undefined : { words: owner };
  return { name: container, words: `the container ${container}`, ...(await removalOf(container, systems)) };
}

/** The pid, where the record names this port. An unreadable record counts as none: it only matters for the message. */
async function recordedOn(port: number, record: () => string, { processes }: Asked): Promise<number | undefined> {
  try {
    const found = await processes.recorded(record());
    return found !== undefined && Number(new URL(found.url).port) === port ? found.pid : undefined;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** With these problems no engine can be queried, so no container is known to have the port. */
const NO_ENGINE: ReadonlySet<ProblemCode> = new Set(['docker_missing', 'not_permitted', 'bad_setting', 'bad_file']);

async function publisherOf(port: number, { containers }: Asked): Promise<string | undefined> {
  try {
    const container = await containers.publishing(port);
    return container.kind === 'ok' ? container.value : undefined;
  } catch (error) {
    if (error instanceof Problem && NO_ENGINE.has(error.code)) return undefined;
    throw error;
  }
}

/** Without a state folder, redisdemo cannot tell what it created. */
async function removalOf(container: string, { containers }: Asked): Promise<Pick<PortOwner, 'removal'>> {
  const state = await containers.state(container).catch((error: unknown) => {
    if (!(error instanceof Problem) || isInterruption(error)) throw error;
  });
  if (state?.kind !== 'ok' || !state.value.ours) return {};
  const removal = removalLine(state.value.labels[LABEL]);
  return removal === undefined ? {} : { removal };
}

/** The default ports of all stages. */
const DEFAULTS: ReadonlySet<number> = new Set([5540, 6379, 8000, 8001, 8443, 9443, 12_000]);
const NEAR = 100;

/** The next free port that is no stage's default. */
export async function nextFreePort(port: number, { ports }: Pick<Systems, 'ports'>): Promise<number> {
  for (let next = port + 1; next <= Math.min(port + NEAR, 65_535); next += 1)
    if (!DEFAULTS.has(next) && (await ports.free(next))) return next;
  return ports.find();
}

/** The command in a hint: given a free port, or one that finds a port by itself. */
export type Instead = string | ((port: number) => string);

interface Taken {
  readonly owner: PortOwner | undefined;
  readonly instead: Instead;
  /** Appended to the message, such as that nothing was created. */
  readonly outcome?: string;
}

export async function portTaken(
  port: number,
  { owner, instead, outcome = '' }: Taken,
  systems: Pick<Systems, 'ports'>,
): Promise<Problem> {
  const by = owner === undefined ? '' : ` by ${owner.words}`;
  const command = typeof instead === 'string' ? instead : instead(await nextFreePort(port, systems));
  const way = owner?.removal === undefined ? 'Free it, or' : `Remove that with: ${owner.removal}   Or`;
  return new Problem('port_taken', {
    message: `Port ${String(port)} is taken${by}.${outcome}`,
    hint: `${way} choose another port: ${command}`,
    details: { port, owner: owner?.words ?? null },
  });
}
