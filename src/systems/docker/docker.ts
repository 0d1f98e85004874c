/** Docker: performs actions in an engine, and answers questions about containers. */
import type { Answer } from '../../plan/answer.ts';
import type { Containers, Performer } from '../../plan/systems.ts';
import type { Problem } from '../../problem.ts';
import { containerQueries } from './containers.ts';
import type { Endpoint } from './endpoint.ts';
import { publishedElsewhere } from './machine.ts';
import { openEngine } from './open.ts';
import { dockerPerformers, type DockerAction, type OfKind } from './performers.ts';

/**
 * Throws a Problem if no engine answers.
 * @param owner the state folder that asks
 * @param signal ends what may take long: a pull, a build
 */
export async function dockerSystem(
  endpoint: Endpoint,
  owner: { readonly id: string },
  signal: AbortSignal,
): Promise<{ perform: Performer<DockerAction>; containers: Omit<Containers, 'reach'> }> {
  const { docker, ask } = await openEngine(endpoint, signal);
  const performers = dockerPerformers(docker, ask, signal);
  let machine: Promise<Problem | undefined> | undefined;
  const elsewhere = (): Promise<Problem | undefined> => (machine ??= publishedElsewhere(endpoint));
  const of = <K extends DockerAction['kind']>({ kind }: OfKind<K>): Performer<OfKind<K>> => performers[kind];
  /** Some make calls between the questions they ask: what those are refused with is an answer too. */
  const whole = async (work: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> => {
    const answer = await ask(work, Infinity);
    return answer.kind === 'ok' ? answer.value : answer;
  };
  return {
    perform: {
      exists: (action) =>
        whole(async () => {
          if (action.kind === 'runContainer' && action.ports.length > 0) throwIfAny(await elsewhere());
          return of(action).exists(action);
        }),
      present: (action) => whole(() => of(action).present(action)),
      create: (action, creating) => whole(() => of(action).create(action, creating)),
      remove: (action) => whole(() => of(action).remove(action)),
    },
    containers: { elsewhere, ...containerQueries(docker, ask, owner) },
  };
}

function throwIfAny(problem: Problem | undefined): void {
  if (problem) throw problem;
}
