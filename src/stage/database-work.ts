import type { Invocation } from '../command/invocation.ts';
import type { Connection } from '../connection.ts';
import type { OpenedDatabase, TourContext } from './tour.ts';
import type { StageWork } from './work.ts';

/** From where a database is reached: this machine, a container on its Docker engine, or the internet. */
export type Origin = 'machine' | 'engine' | 'internet';

export interface DatabaseWork extends StageWork {
  /** Makes it, with the settings that it has, else with those of the environment. Absent: there is nothing to make. */
  readonly start?: (options: StartOptions, invocation: Invocation) => Promise<void>;
  /** What can be known before anything is created. Throws a Problem. */
  readonly check?: (context: ConnectionContext) => Promise<unknown>;
  /** undefined where the service keeps its users itself. Throws a Problem when it does not run, or is not reached from there. */
  readonly connection: (from: Origin, context: ConnectionContext) => Promise<Connection | undefined>;
  /** Opens it for a tour: the one that runs already, or one that is made for the tour. */
  readonly open: (tour: TourContext) => Promise<OpenedDatabase>;
}

export interface StartOptions {
  readonly explain: boolean;
  /** Milliseconds; undefined: each wait has its own limit. */
  readonly timeout: number | undefined;
}

export interface ConnectionContext extends Pick<Invocation, 'systems' | 'places' | 'environment'> {
  /** The Redis that a person has named beside the database; undefined when there is none. */
  readonly given: () => Promise<Connection | undefined>;
}
