import type { Invocation } from '../command/invocation.ts';
import type { Setting } from '../command/setting.ts';
import type { Connection } from '../connection.ts';
import type { Plan } from '../plan/plan.ts';
import type { Systems } from '../plan/systems.ts';
import type { Problem } from '../problem.ts';
import type { Result } from '../report.ts';
import type { Origin } from './database-work.ts';
import type { Tested, TourContext } from './tour.ts';
import type { StageWork } from './work.ts';

type Settings = Readonly<Record<string, Setting>>;

export interface TargetOptions {
  /** What says which service is meant, where there can be several: `up`, `deploy`, `destroy` and `deploy status` have it. */
  readonly place: Settings;
  /** What `up` has beside it, of the settings of `deploy`. */
  readonly up: Settings;
  /** With descriptions, as help shows them. */
  readonly deploy: { readonly description: string; readonly settings: Settings };
  readonly destroy: { readonly description: string; readonly settings: Settings };
  /** What the tour is told about it, and what it says about it. */
  readonly tour?: { readonly description: string; readonly settings: Settings };
}

/** Where a command gives the values of its settings, their types are known to the target's own code. */
export interface TargetWork extends StageWork {
  /** What can be known before the database is made. Throws a Problem. @param instead the same command with another port */
  readonly check?: (values: never, instead: (port: number) => string, invocation: Invocation) => Promise<void>;
  readonly deployment: (values: never, request: DeployRequest, invocation: Invocation) => Promise<Deployment>;
  /** What the tour lacks to walk this target, asked before any database is made. */
  readonly needs?: (tour: TourContext) => Problem | undefined;
  /** Runs the service for the time of a smoke test. */
  readonly test: (request: ConnectRequest, tour: TourContext) => Promise<Tested>;
  /** What a person types to run this combination alone, and to remove what it left. */
  readonly commands: (database: string, tour: TourContext) => { readonly again: string; readonly removal: string };
}

/** How a service is called that needs an identity, or a way of its own to it. */
export interface Access {
  readonly isFor: (url: URL) => boolean;
  /** Given to `smoke`. */
  readonly settings: () => Promise<Settings>;
  readonly open: (values: never, invocation: Invocation) => Promise<OpenedAccess>;
}

export interface OpenedAccess {
  readonly systems: Systems;
  readonly authorization?: (() => string) | undefined;
  /** What helps where nothing answers. */
  readonly advice: string;
}

export interface ConnectRequest {
  /** The name of the database. */
  readonly database: string;
  readonly connection: (from: Origin) => Promise<Connection | undefined>;
}

export interface DeployRequest extends ConnectRequest {
  /** The command that removes what a deployment has left halfway. */
  readonly undo: string;
}

export interface Deployment {
  /** For `--print`. */
  readonly script: () => Promise<Plan>;
  /** Makes and proves it. */
  readonly make: () => Promise<{ readonly result: Result; readonly problem?: Problem | undefined }>;
}
