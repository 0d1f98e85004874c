import { join } from 'node:path';
import type { Home } from './home.ts';

export interface Places {
  readonly home: Home;
  /** dist/ */
  readonly built: string;
  readonly version: string;
}

export const serviceFile = (built: string): string => join(built, 'service', 'server.js');
