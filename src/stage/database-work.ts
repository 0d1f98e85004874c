import type { Invocation } from '../command/invocation.ts';
import type { Connection } from '../connection.ts';
import type { OpenedDatabase, TourContext } from './tour.ts';
import type { StageWork } from './work.ts';

/** From where a database is reached: this machine, a container on its Docker engine, or the internet. */
export type Origin = 'machine' | 'engine' | 'internet';

export interface DatabaseWork extends StageWork {
  /** Keeps the settings of an existing one, otherwise uses the environment. Absent: there is nothing to start. */
  readonly start?: (options: StartOptions, invocation: Invocation) => Promise<void>;
  /** Runs before anything is created. Throws a Problem. */
  readonly check?: (context: ConnectionContext) => Promise<unknown>;
  /** undefined when the service keeps its users itself. Throws a Problem when the database does not run or cannot be reached. */
  readonly connection: (from: Origin, context: ConnectionContext) => Promise<Connection | undefined>;
  /** Uses the running database, or creates one for the tour. */
  readonly open: (tour: TourContext) => Promise<OpenedDatabase>;
}

export interface StartOptions {
  readonly explain: boolean;
  /** Milliseconds; undefined: each wait has its own limit. */
  readonly timeout: number | undefined;
}

export interface ConnectionContext extends Pick<Invocation, 'systems' | 'places' | 'environment'> {
  /** The Redis named by the user's variables and files; undefined when there is none. */
  readonly given: () => Promise<Connection | undefined>;
}
