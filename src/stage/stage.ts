/** What a stage is: one record, listed in src/stages.ts. Its work is loaded when it is needed. */
import type { CommandEntry, CommandTable } from '../command/command-spec.ts';
import type { DatabaseWork, Origin } from './database-work.ts';
import type { Access, TargetOptions, TargetWork } from './target-work.ts';
import type { StageWork } from './work.ts';

export type Stage = Database | Target | Tool;
export type Stages = readonly Stage[];

interface StageRecord {
  /** In commands and in results. */
  readonly name: string;
  /** One line of help. */
  readonly summary: string;
  /** The variables of its settings, which `.env` may hold. */
  readonly variables: readonly string[];
  /** Its own commands, in a group with its name. */
  readonly commands?: (stages: Stages) => CommandTable;
  /** Nothing of it works without the Docker engine, which is asked for first: to load its work takes longer. */
  readonly onEngine?: true;
}

/** A stage that is neither a database nor a target. */
export interface Tool extends StageRecord {
  readonly kind: 'tool';
  readonly load: () => Promise<StageWork>;
}

/** A database gives a connection. */
export interface Database extends StageRecord {
  readonly kind: 'database';
  /** What it is, where its name does not say it: shown behind the name. */
  readonly aside?: string;
  /** Empty: the service keeps its users itself, and every target has that. */
  readonly reachedFrom: readonly Origin[];
  /** From where the tour reaches it. */
  readonly tourFrom: readonly Origin[];
  readonly load: () => Promise<DatabaseWork>;
}

/** A target runs the service against a connection, and gives a URL. */
export interface Target extends StageRecord {
  readonly kind: 'target';
  /** What `destroy` removes. */
  readonly removes: string;
  /** From where it must reach the database. */
  readonly reaches: Origin;
  /** The variable of its own that names its database; absent: that of all targets. */
  readonly databaseVariable?: string;
  /** The verbs of `deploy` that it has beside the deployment itself: `deploy logs NAME`. */
  readonly verbs: Readonly<Partial<Record<'logs' | 'promote' | 'rollback', CommandEntry>>>;
  readonly options: () => Promise<TargetOptions>;
  /** Services that are not called like others. */
  readonly access?: Access;
  readonly load: () => Promise<TargetWork>;
}
