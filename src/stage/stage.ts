/** A stage is one record, listed in src/stages.ts. Its work is loaded on demand. */
import type { CommandEntry, CommandTable } from '../command/command-spec.ts';
import type { DatabaseWork, Origin } from './database-work.ts';
import type { Access, TargetOptions, TargetWork } from './target-work.ts';
import type { StageWork } from './work.ts';

export type Stage = Database | Target | Tool;
export type Stages = readonly Stage[];

interface StageRecord {
  readonly name: string;
  readonly summary: string;
  /** Variables of its settings, which `.env` can contain. */
  readonly variables: readonly string[];
  /** Grouped under its name. */
  readonly commands?: (stages: Stages) => CommandTable;
  /** Needs the Docker engine, which is checked before the work is loaded, because loading takes longer. */
  readonly onEngine?: true;
}

/** A stage that is neither a database nor a target. */
export interface Tool extends StageRecord {
  readonly kind: 'tool';
  readonly load: () => Promise<StageWork>;
}

export interface Database extends StageRecord {
  readonly kind: 'database';
  /** Explains a name that is not clear by itself. */
  readonly aside?: string;
  /** Empty: the service keeps its users itself, on every target. */
  readonly reachedFrom: readonly Origin[];
  readonly tourFrom: readonly Origin[];
  readonly load: () => Promise<DatabaseWork>;
}

/** Runs the service with a connection, and has a URL. */
export interface Target extends StageRecord {
  readonly kind: 'target';
  readonly removes: string;
  /** Where the service runs, so from where it must reach the database. */
  readonly reaches: Origin;
  /** The variable that names its database; absent: the one shared by all targets. */
  readonly databaseVariable?: string;
  /** Further commands: `deploy logs NAME`. */
  readonly verbs: Readonly<Partial<Record<'logs' | 'promote' | 'rollback', CommandEntry>>>;
  readonly options: () => Promise<TargetOptions>;
  /** Only for services that need credentials or a tunnel. */
  readonly access?: Access;
  readonly load: () => Promise<TargetWork>;
}
