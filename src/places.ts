import { join } from 'node:path';
import type { Home } from './home.ts';

/** Where the things are that stages are made of. */
export interface Places {
  readonly home: Home;
  /** dist/: the built project. */
  readonly built: string;
  readonly version: string;
}

/** The built service. */
export const serviceFile = (built: string): string => join(built, 'service', 'server.js');
