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
  /** Selects the service where there can be several: for `up`, `deploy`, `destroy` and `deploy status`. */
  readonly place: Settings;
  /** The settings of `deploy` that `up` has too. */
  readonly up: Settings;
  readonly deploy: { readonly description: string; readonly settings: Settings };
  readonly destroy: { readonly description: string; readonly settings: Settings };
  readonly tour?: { readonly description: string; readonly settings: Settings };
}

/** Values are `never`: only the target's own code knows the types of its settings. */
export interface TargetWork extends StageWork {
  /** Runs before the database is created. Throws a Problem. @param instead the same command with another port */
  readonly check?: (values: never, instead: (port: number) => string, invocation: Invocation) => Promise<void>;
  readonly deployment: (values: never, request: DeployRequest, invocation: Invocation) => Promise<Deployment>;
  /** Returns why the tour cannot run this target. Called before any database is created. */
  readonly needs?: (tour: TourContext) => Problem | undefined;
  readonly test: (request: ConnectRequest, tour: TourContext) => Promise<Tested>;
  /** The commands that run this combination alone, and remove what it left. */
  readonly commands: (database: string, tour: TourContext) => { readonly again: string; readonly removal: string };
}

/** How to call a service that needs an identity or a tunnel. */
export interface Access {
  readonly isFor: (url: URL) => boolean;
  /** Options of `smoke`. */
  readonly settings: () => Promise<Settings>;
  readonly open: (values: never, invocation: Invocation) => Promise<OpenedAccess>;
}

export interface OpenedAccess {
  readonly systems: Systems;
  readonly authorization?: (() => string) | undefined;
  /** The hint when nothing answers. */
  readonly advice: string;
}

export interface ConnectRequest {
  readonly database: string;
  readonly connection: (from: Origin) => Promise<Connection | undefined>;
}

export interface DeployRequest extends ConnectRequest {
  /** The command that removes an incomplete deployment. */
  readonly undo: string;
}

export interface Deployment {
  /** For `--print`. */
  readonly script: () => Promise<Plan>;
  /** Includes the smoke test. */
  readonly make: () => Promise<{ readonly result: Result; readonly problem?: Problem | undefined }>;
}
