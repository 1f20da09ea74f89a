/** Routes about the server as a whole: whether it is there, what it has seen, and how it starts afresh. */

import { z } from 'zod';
import { packageVersion } from '../package-version.js';
import {
  type Counts,
  countsSchema,
  healthSchema,
  indexSchema,
  upgradeSchema,
  verificationSchema,
} from './answer-schemas.js';
import { unknownScenario } from './control-error.js';
import { bodyOf } from './request-body.js';
import { resetRequestSchema, verifyRequestSchema } from './request-schemas.js';
import { CONTROL_PATH, type ControlContext, route } from './route.js';

export const SERVER_ROUTES = [
  route({
    name: 'index',
    method: 'GET',
    path: '',
    summary: 'What this API offers.',
    statuses: { 200: 'Every route in one line.' },
    answer: indexSchema,
    errors: [],
    handle: ({ context }) => ({
      status: 200,
      json: {
        service: 'soundstage' as const,
        openapi: `${CONTROL_PATH}openapi.json`,
        routes: context.routes.map(({ method, path, summary }) => ({
          method,
          path: `${CONTROL_PATH}${path}`,
          summary,
        })),
      },
    }),
  }),
  route({
    name: 'health',
    method: 'GET',
    path: 'health',
    summary: 'Whether the server is ready, where clients connect, and how much it has seen.',
    statuses: { 200: 'It is ready.' },
    answer: healthSchema,
    errors: [],
    handle: ({ context }) => ({
      status: 200,
      json: {
        ready: true as const,
        version: packageVersion(),
        url: context.url(),
        counts: countsOf(context),
      },
    }),
  }),
  route({
    name: 'openApi',
    method: 'GET',
    path: 'openapi.json',
    summary: 'This description.',
    statuses: { 200: 'An OpenAPI 3.1 document.' },
    answer: z.record(z.string(), z.unknown()),
    errors: [],
    handle: ({ context }) => ({ status: 200, json: context.openApi() as Record<string, unknown> }),
  }),
  route({
    name: 'upgrades',
    method: 'GET',
    path: 'upgrades',
    summary: 'Upgrade requests that reached a scenario, oldest first, and what became of them.',
    statuses: { 200: 'Those that are remembered.' },
    answer: z.array(upgradeSchema),
    errors: [],
    handle: ({ context }) => ({
      status: 200,
      json: context.host.upgrades.map((upgrade) => ({ ...upgrade })),
    }),
  }),
  route({
    name: 'verify',
    method: 'POST',
    path: 'verify',
    summary: 'Whether the clients of a scenario have done what it expects.',
    body: bodyOf('Which scenario.', verifyRequestSchema, true),
    statuses: { 200: 'The verdict, check by check; `ok` says whether all are.' },
    answer: verificationSchema,
    errors: [404],
    handle: ({ context, body: { scenario } }) => {
      const { shelf } = context.host;
      if (scenario !== undefined && !shelf.has(scenario)) throw unknownScenario(scenario, shelf.names);
      return { status: 200, json: context.verify(scenario) };
    },
  }),
  route({
    name: 'reset',
    method: 'POST',
    path: 'reset',
    summary: 'Forgets what is over. Sessions that are open stay as they are.',
    body: bodyOf('What to forget.', resetRequestSchema),
    statuses: { 200: 'What is left.' },
    answer: countsSchema,
    errors: [],
    handle: ({ context, body: { what } }) => {
      const { host } = context;
      if (what !== 'scenarios') host.reset(what);
      if (what === 'scenarios' || what === 'all') host.shelf.reset();
      return { status: 200, json: countsOf(context) };
    },
  }),
];

function countsOf({ host }: ControlContext): Counts {
  return {
    sessions: host.sessions.length,
    openSessions: host.sessions.filter(({ close }) => close === undefined).length,
    upgrades: host.upgrades.length,
    scenarios: host.shelf.names.length,
  };
}
