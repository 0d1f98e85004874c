import type { Effect } from '../../plan/action.ts';
import type { Answer } from '../../plan/answer.ts';
import type { Containers, Performer } from '../../plan/systems.ts';
import type { Problem } from '../../problem.ts';
import { containerPerformer } from './container.ts';
import { containerQueries } from './containers.ts';
import type { Endpoint } from './endpoint.ts';
import { buildPerformer, pullPerformer } from './image.ts';
import { publishedElsewhere } from './machine.ts';
import { networkPerformer } from './network.ts';
import { openEngine } from './open.ts';
import { secretsPerformer, volumePerformer } from './volumes.ts';

/**
 * Throws a Problem if no engine responds.
 * @param owner the state folder
 * @param signal ends pulls and builds
 */
export async function dockerSystem(
  endpoint: Endpoint,
  owner: { readonly id: string },
  signal: AbortSignal,
): Promise<{ perform: Performer<DockerAction>; containers: Omit<Containers, 'reach'> }> {
  const engine = await openEngine(endpoint, signal);
  const performers: { readonly [K in DockerAction['kind']]: Performer<OfKind<K>> } = {
    pullImage: pullPerformer(engine, signal),
    buildImage: buildPerformer(engine, signal),
    createNetwork: networkPerformer(engine),
    createVolume: volumePerformer(engine),
    handOver: secretsPerformer(engine),
    runContainer: containerPerformer(engine),
  };
  let machine: Promise<Problem | undefined> | undefined;
  const elsewhere = (): Promise<Problem | undefined> => (machine ??= publishedElsewhere(endpoint));
  const of = <K extends DockerAction['kind']>({ kind }: OfKind<K>): Performer<OfKind<K>> => performers[kind];
  /** Some operations call the engine outside of `ask`: those refusals are answers too. */
  const whole = async (work: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> => {
    const answer = await engine.ask(work, Infinity);
    return answer.kind === 'ok' ? answer.value : answer;
  };
  return {
    perform: {
      exists: (action) =>
        whole(async () => {
          const problem = action.kind === 'runContainer' && action.ports.length > 0 ? await elsewhere() : undefined;
          if (problem) throw problem;
          return of(action).exists(action);
        }),
      present: (action) => whole(() => of(action).present(action)),
      create: (action, creating) => whole(() => of(action).create(action, creating)),
      remove: (action) => whole(() => of(action).remove(action)),
    },
    containers: { elsewhere, ...containerQueries(engine, owner) },
  };
}

type DockerAction = Exclude<Effect, { kind: 'file' | 'runProcess' | 'resource' }>;
type OfKind<K extends DockerAction['kind']> = Extract<DockerAction, { kind: K }>;
