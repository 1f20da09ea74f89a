/**
 * The description of the control API, made from its table and its schemas. Must never say what the table does not.
 */
import type { z } from 'zod';
import { LIMITS } from '../../protocol/index.js';
import { addressSchema, faultSchema, oneShotFaultSchema } from '../../scenarios/fault-schema.js';
import { holdSchema, liveHoldSchema } from '../../scenarios/hold-schema.js';
import { scenarioSchema } from '../../scenarios/scenario-schema.js';
import * as answers from './answer-schemas.js';
import { ERROR_STATUSES, errorSchema } from './control-error.js';
import { CONTROL_PATH, parameterOf, type Route } from './route.js';
import { CONTROL_ROUTES } from './routes.js';
import { schemasByName } from './schemas-by-name.js';

/** The version of the API, not of the package. */
const API_VERSION = '1.0.0';

/** Schemas that have a name of their own; those of a single route are named after it. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Error: errorSchema,
  Counts: answers.countsSchema,
  Session: answers.sessionSchema,
  LogEntry: answers.logEntrySchema,
  Happened: answers.happenedSchema,
  HoldState: answers.holdStateSchema,
  ScenarioListing: answers.scenarioListingSchema,
  Upgrade: answers.upgradeSchema,
  Verification: answers.verificationSchema,
  FaultAddress: addressSchema,
  Fault: faultSchema,
  OneShotFault: oneShotFaultSchema,
  Hold: holdSchema,
  LiveHold: liveHoldSchema,
  Scenario: scenarioSchema,
};

type JsonObject = Readonly<Record<string, unknown>>;

const PARAMETERS_OF_PATHS: Readonly<Record<string, string>> = {
  id: 'The session id, `latest`, or the name of its connection, percent-encoded (`default%231`); of several the newest.',
  index: "The hold's number in its session.",
  name: "The scenario's name.",
};

/** The OpenAPI 3.1 document. */
export function openApiDocument(): JsonObject {
  const names = new Map(Object.entries(NAMED).map(([name, schema]) => [schema, name]));
  for (const { name, body, answer } of CONTROL_ROUTES) {
    if (body !== undefined && !names.has(body.schema)) names.set(body.schema, `${upperFirst(name)}Request`);
    if (answer !== undefined && !names.has(answer)) names.set(answer, `${upperFirst(name)}Answer`);
  }
  const refTo = (schema: z.ZodType) => ({ $ref: `#/components/schemas/${names.get(schema)}` });
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of CONTROL_ROUTES) {
    const path = `${CONTROL_PATH}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, refTo) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control API of soundstage',
      version: API_VERSION,
      description: `Steers a running stand-in: sessions, faults, holds, virtual time, scenarios, verification. Bodies have ${LIMITS.controlBodyBytes} bytes at most. A path asked with a method it does not have is refused with 405 and the header Allow.`,
    },
    servers: [{ url: 'http://127.0.0.1:8787' }],
    security: [{}, { controlToken: [] }],
    paths,
    components: {
      securitySchemes: {
        controlToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'Needed when the server was started with a control token.',
        },
      },
      responses: Object.fromEntries(
        Object.entries(ERROR_STATUSES).map(([status, description]) => [
          `Error${status}`,
          {
            description,
            ...(status === '405'
              ? { headers: { allow: { description: 'The methods there are.', schema: { type: 'string' } } } }
              : {}),
            content: { 'application/json': { schema: refTo(errorSchema) } },
          },
        ]),
      ),
      schemas: schemasByName(names),
    },
  };
}

/** Statuses of errors that a route can answer with, in order. */
export function errorStatusesOf({ body, errors }: Route): readonly number[] {
  const ofBody = body === undefined ? [] : [400, 413, 415];
  const all = new Set([400, 403, 405, 500, ...ofBody, ...errors]);
  return [...all].sort((one, other) => one - other);
}

function describeRoute(route: Route, refTo: (schema: z.ZodType) => JsonObject): JsonObject {
  const { name, summary, path, body, query = {}, answer, otherAnswer } = route;
  const inPath = path.split('/').flatMap((part) => parameterOf(part) ?? []);
  const parameters = [
    ...inPath.map((parameter) => ({
      name: parameter,
      in: 'path',
      required: true,
      description: PARAMETERS_OF_PATHS[parameter],
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([parameter, { description, schema, isList }]) => ({
      name: parameter,
      in: 'query',
      description,
      schema,
      ...(isList === true ? { style: 'form', explode: false } : {}),
    })),
  ];
  const content = {
    ...(answer === undefined ? {} : { 'application/json': { schema: refTo(answer) } }),
    ...(otherAnswer === undefined
      ? {}
      : { [otherAnswer.type]: { schema: { type: 'string', description: otherAnswer.description } } }),
  };
  const headers = Object.fromEntries(
    Object.entries(otherAnswer?.headers ?? {}).map(([header, description]) => [
      header,
      { description, schema: { type: 'string' } },
    ]),
  );
  const good = Object.entries(route.statuses).map(([status, description]) => [
    status,
    {
      description,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(Object.keys(content).length === 0 ? {} : { content }),
    },
  ]);
  const bad = errorStatusesOf(route).map((status) => [
    String(status),
    { $ref: `#/components/responses/Error${status}` },
  ]);
  return {
    operationId: name,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: describeBody(body, refTo) }),
    responses: Object.fromEntries([...good, ...bad]),
  };
}

function describeBody(
  { schema, description, isOptional, readYaml }: NonNullable<Route['body']>,
  refTo: (schema: z.ZodType) => JsonObject,
): JsonObject {
  return {
    description,
    required: isOptional !== true,
    content: {
      'application/json': { schema: refTo(schema) },
      ...(readYaml === undefined ? {} : { 'application/yaml': { schema: { type: 'string' } } }),
    },
  };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
