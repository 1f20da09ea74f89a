/**
 * Requests to a control API, each held against its description: what the document does not say must not be answered.
 * Must never follow, retry or repair anything.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../src/mock-server/control/index.js';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

interface ControlDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, { readonly content: Content }>> };
}

/** The description, as this version makes it. */
export const CONTROL_DOCUMENT = openApiDocument() as unknown as ControlDocument;

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'control', ...CONTROL_DOCUMENT });

/** What is sent beside method and path. */
export interface ControlRequestOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with `headers`. */
  readonly text?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer to its end. */
export interface ControlAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** Names of operations that were asked, with their statuses: `waitFor 408`. */
export const seenAnswers = new Set<string>();

/** Asks the control API at `base`, and checks the answer against the description. */
export async function ask(
  base: string,
  method: string,
  path: string,
  options: ControlRequestOptions = {},
): Promise<ControlAnswer> {
  const answer = await exchange(base, method, path, options);
  checkAnswer(method, path, answer);
  return answer;
}

function exchange(
  base: string,
  method: string,
  path: string,
  { json, text, headers = {} }: ControlRequestOptions,
): Promise<ControlAnswer> {
  const body = json === undefined ? text : JSON.stringify(json);
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(base + path, { method, headers: { ...type, ...headers } }, (incoming) => {
      let received = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      incoming.once('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: received,
          json: parsed(received),
        }),
      );
      incoming.once('error', reject);
    });
    outgoing.once('error', reject).end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkAnswer(method: string, path: string, { status, headers, json, text }: ControlAnswer): void {
  const operation = operationOf(method, path.replace(/\?.*$/, ''));
  if (operation === undefined) {
    checkSchema('#/components/schemas/Error', json, text);
    return;
  }
  seenAnswers.add(`${operation.operationId} ${status}`);
  const described = operation.responses[status];
  if (described === undefined)
    throw new Error(`${operation.operationId} says nothing of status ${status}: ${text}`);
  const content = described.content ?? errorContent(described.$ref);
  const type = String(headers['content-type'] ?? '').replace(/;.*/, '');
  if (content === undefined) {
    if (text !== '') throw new Error(`${operation.operationId} should answer nothing, and said ${text}`);
    return;
  }
  const schema = content[type]?.schema;
  if (schema === undefined) throw new Error(`${operation.operationId} says nothing of ${type}`);
  if (schema.$ref !== undefined) checkSchema(schema.$ref, json, text);
}

function errorContent(ref: string | undefined): Content | undefined {
  return ref === undefined
    ? undefined
    : CONTROL_DOCUMENT.components.responses[ref.split('/').at(-1) ?? '']?.content;
}

function operationOf(method: string, path: string): Operation | undefined {
  const parts = path.split('/');
  const fits = (pattern: string) => {
    const wanted = pattern.replace('/__soundstage/', '').split('/');
    return (
      wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at])
    );
  };
  const patterns = Object.keys(CONTROL_DOCUMENT.paths).filter(fits);
  const exact = patterns.find((pattern) => !pattern.endsWith('}')) ?? patterns[0] ?? '';
  return CONTROL_DOCUMENT.paths[exact]?.[method.toLowerCase()];
}

function checkSchema(ref: string, value: unknown, text: string): void {
  const validate = ajv.getSchema(`control${ref}`);
  if (validate === undefined) throw new Error(`no schema ${ref}`);
  if (validate(value) === true) return;
  throw new Error(`not ${ref}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 2_000)}`);
}
