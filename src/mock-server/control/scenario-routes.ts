/** Routes about scenarios: which there are, and adding, replacing and removing them while the server runs. */
import { z } from 'zod';
import { LIMITS, SoundstageError } from '../../protocol/index.js';
import { loadScenarioText } from '../../scenarios/files/index.js';
import type { Scenario } from '../../scenarios/index.js';
import { readScenario } from '../../scenarios/read-scenario.js';
import { scenarioSchema } from '../../scenarios/scenario-schema.js';
import type { ScenarioShelf } from '../scenario-shelf.js';
import { type ScenarioListing, scenarioListingSchema, scenarioViewSchema } from './answer-schemas.js';
import { unknownScenario } from './control-error.js';
import type { BodyReader } from './request-body.js';
import { type ControlContext, route } from './route.js';
import { showScenario } from './scenario-view.js';

const NAME = /^[a-z0-9-]+$/;

const scenarioBody: BodyReader<Scenario> = {
  schema: scenarioSchema,
  description: 'The scenario, as JSON or as the YAML of a scenario file (which needs `version: 1`).',
  read: readScenario,
  readYaml: (text, name) => loadScenarioText(text, { file: `${name}.yaml` }),
};

export const SCENARIO_ROUTES = [
  route({
    name: 'scenarios',
    method: 'GET',
    path: 'scenarios',
    summary: 'Every scenario a client can choose.',
    statuses: { 200: "The server's own first, then the library's." },
    answer: z.array(scenarioListingSchema),
    errors: [],
    handle: ({ context: { host } }) => ({
      status: 200,
      json: host.shelf.names.map((name) => listing(host.shelf, name)),
    }),
  }),
  route({
    name: 'scenario',
    method: 'GET',
    path: 'scenarios/{name}',
    summary: 'One scenario as it was written.',
    statuses: { 200: 'The scenario. Without voices it can be put back as it is.' },
    answer: scenarioViewSchema,
    errors: [404],
    handle: ({ context, path }) => {
      const name = knownName(context, path['name']);
      return { status: 200, json: showScenario(context.host.shelf.get(name)) };
    },
  }),
  route({
    name: 'putScenario',
    method: 'PUT',
    path: 'scenarios/{name}',
    summary: 'Adds a scenario, or replaces the one of that name, for connections to come.',
    body: scenarioBody,
    statuses: { 200: 'It replaced one of the server.', 201: 'It is new.' },
    answer: scenarioListingSchema,
    errors: [409],
    handle: ({ context: { host }, path, body }) => {
      const name = path['name'] ?? '';
      if (!NAME.test(name)) refuseName(name);
      const { shelf } = host;
      const isKnown = shelf.ownNames.includes(name);
      if (!isKnown && shelf.ownNames.length >= LIMITS.ownScenarios) refuseMore();
      shelf.add(name, body);
      return { status: isKnown ? 200 : 201, json: listing(shelf, name) };
    },
  }),
  route({
    name: 'deleteScenario',
    method: 'DELETE',
    path: 'scenarios/{name}',
    summary: 'Removes a scenario of the server. One of the library under that name shows again.',
    statuses: { 204: 'It is gone.' },
    errors: [404, 409],
    handle: ({ context, path }) => {
      const name = knownName(context, path['name']);
      if (!context.host.shelf.remove(name)) {
        throw new SoundstageError(
          'E_SCENARIO_LIBRARY',
          `Cannot remove '${name}': it belongs to the library. Try a scenario of the server's own.`,
        );
      }
      return { status: 204 };
    },
  }),
];

function listing(shelf: ScenarioShelf, name: string): ScenarioListing {
  const { summary, group, evidence } = shelf.get(name);
  return {
    name,
    source: shelf.ownNames.includes(name) ? 'own' : 'library',
    ...(summary === undefined ? {} : { summary }),
    ...(group === undefined ? {} : { group }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function knownName({ host }: ControlContext, name = ''): string {
  if (host.shelf.has(name)) return name;
  throw unknownScenario(name, host.shelf.names, `PUT scenarios/${name}`);
}

function refuseName(name: string): never {
  throw new SoundstageError(
    'E_SCENARIO_NAME',
    `Cannot name a scenario '${name.slice(0, 100)}': names are lower-case letters, digits and hyphens. Try my-scenario.`,
  );
}

function refuseMore(): never {
  throw new SoundstageError(
    'E_CONTROL_LIMIT',
    `Cannot add a scenario: there are ${LIMITS.ownScenarios} already. Try deleting one, or replacing one.`,
  );
}
