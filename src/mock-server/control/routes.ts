/** The whole control API as one table. Of two rows that fit the same path the first counts. */
import { ACTION_ROUTES } from './action-routes.js';
import type { Route } from './route.js';
import { SCENARIO_ROUTES } from './scenario-routes.js';
import { SERVER_ROUTES } from './server-routes.js';
import { SESSION_ROUTES } from './session-routes.js';

export const CONTROL_ROUTES: readonly Route[] = [
  ...SERVER_ROUTES,
  ...SESSION_ROUTES,
  ...ACTION_ROUTES,
  ...SCENARIO_ROUTES,
];
