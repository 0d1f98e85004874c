/** What a node that is in a cluster answers, but for /v1/bootstrap. */
import { ACTION_ROUTES } from './action-routes.ts';
import { CLUSTER_ROUTES } from './cluster-routes.ts';
import { DATABASE_ROUTES } from './database-routes.ts';
import { NODE_ROUTES } from './node-routes.ts';
import type { Route } from './routes.ts';
import { STATS_ROUTES } from './stats-routes.ts';
import { USER_ROUTES } from './user-routes.ts';

/** The first that fits counts. */
export const ROUTES: readonly Route[] = [
  ...STATS_ROUTES,
  ...DATABASE_ROUTES,
  ...NODE_ROUTES,
  ...CLUSTER_ROUTES,
  ...USER_ROUTES,
  ...ACTION_ROUTES,
];
