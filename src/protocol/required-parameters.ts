/**
 * What a client event must carry before anything else looks at it (ERR38, section 11.4), as a table with one
 * interpreter. It must agree with client-events.ts; a property test holds the two together.
 */
import type { ClientEventType } from './client-events.js';
import { describeValue } from './describe-value.js';
import { isJsonObject, type JsonObject, ownValue, valueAt } from './json-object.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';

type JsonType = 'string' | 'object' | 'array' | 'boolean';

/** One parameter. */
interface Parameter {
  readonly name: string;
  readonly type: JsonType;
  /** May be missing. */
  readonly optional?: boolean;
  /** May be null, which counts as missing. */
  readonly nullable?: boolean;
  /** A wrong value is ERR2 with these names. */
  readonly oneOf?: readonly string[];
}

const ITEM_PARAMETERS: readonly Parameter[] = [
  { name: 'item', type: 'object' },
  {
    name: 'item.type',
    type: 'string',
    oneOf: ['message', 'function_call_output', 'mcp_approval_response'],
  },
];

/** In the order in which they are checked. */
const PARAMETERS: Readonly<Record<ClientEventType, readonly Parameter[]>> = {
  // Missing is for the family to judge and the content for applySessionUpdate.
  'session.update': [{ name: 'session', type: 'object', optional: true, nullable: true }],
  'input_audio_buffer.append': [{ name: 'audio', type: 'string' }],
  'input_audio_buffer.commit': [],
  'input_audio_buffer.clear': [],
  'input_image_buffer.append': [{ name: 'image', type: 'string' }],
  'conversation.item.create': ITEM_PARAMETERS,
  'conversation.item.delete': [{ name: 'item_id', type: 'string' }],
  'response.create': [
    { name: 'response', type: 'object', optional: true, nullable: true },
    { name: 'response.instructions', type: 'string', optional: true, nullable: true },
  ],
  'response.cancel': [],
  'session.finish': [],
};

/** Further parameters of `conversation.item.create` by `item.type`. */
const PARAMETERS_OF_ITEM: ReadonlyMap<unknown, readonly Parameter[]> = new Map<unknown, readonly Parameter[]>(
  [
    [
      'message',
      [
        { name: 'item.role', type: 'string', optional: true, oneOf: ['user', 'assistant', 'system'] },
        { name: 'item.content', type: 'array' },
      ],
    ],
    [
      'function_call_output',
      [
        { name: 'item.call_id', type: 'string' },
        { name: 'item.output', type: 'string' },
      ],
    ],
    [
      'mcp_approval_response',
      [
        { name: 'item.approval_request_id', type: 'string' },
        { name: 'item.approve', type: 'boolean' },
      ],
    ],
  ],
);

/** The parts a client's message may have; each holds a text. */
const PART_PARAMETERS: readonly Parameter[] = [
  { name: 'type', type: 'string', oneOf: ['input_text', 'text', 'output_text'] },
  { name: 'text', type: 'string' },
];

function isOfType(value: unknown, type: JsonType): boolean {
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isJsonObject(value) : typeof value === type;
}

/** Judges one parameter; `prefix` is where the object it stands in is. */
function checkParameter(root: JsonObject, parameter: Parameter, prefix = ''): Refusal | undefined {
  const value = valueAt(root, parameter.name.split('.'));
  const name = prefix + parameter.name;
  if (value === undefined || (value === null && parameter.nullable === true)) {
    return parameter.optional === true ? undefined : refuse('missing-parameter', { name });
  }
  if (!isOfType(value, parameter.type)) return refuse('wrong-type', { name, expected: parameter.type });
  if (parameter.oneOf === undefined || parameter.oneOf.includes(String(value))) return undefined;
  return refuse('bad-enum-value', {
    param: name,
    value: describeValue(value),
    supported: parameter.oneOf.map((supported) => `'${supported}'`).join(', '),
  });
}

function checkAll(root: JsonObject, parameters: readonly Parameter[], prefix = ''): Refusal | undefined {
  for (const parameter of parameters) {
    const refusal = checkParameter(root, parameter, prefix);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The parts of a message, one after the other. */
function checkParts(content: readonly unknown[]): Refusal | undefined {
  for (const [index, part] of content.entries()) {
    const name = `item.content[${index}]`;
    if (!isJsonObject(part)) return refuse('wrong-type', { name, expected: 'object' });
    const refusal = checkAll(part, PART_PARAMETERS, `${name}.`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The first parameter that is missing or wrong; undefined when all are there. */
export function checkRequiredParameters(type: ClientEventType, event: JsonObject): Refusal | undefined {
  const refusal = checkAll(event, PARAMETERS[type]);
  if (refusal !== undefined || type !== 'conversation.item.create') return refusal;
  const item = ownValue(event, 'item');
  const itemType = isJsonObject(item) ? ownValue(item, 'type') : undefined;
  const refusalOfItem = checkAll(event, PARAMETERS_OF_ITEM.get(itemType) ?? []);
  if (refusalOfItem !== undefined || itemType !== 'message') return refusalOfItem;
  const content = isJsonObject(item) ? ownValue(item, 'content') : undefined;
  return Array.isArray(content) ? checkParts(content) : undefined;
}
