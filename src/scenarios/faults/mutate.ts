/** A message whose fields are not what a client expects. */
import { z } from 'zod';
import { describeValue, type RandomStream } from '../../protocol/index.js';
import { defineFault } from '../fault-types.js';
import { about, jsonValue, record } from '../schema-parts.js';
import { findSlot, listPaths, readPath, setOwn } from './json-path.js';

const CHANGES = ['delete', 'null', 'retype', 'unknown-value', 'extra-key', 'rename', 'set'] as const;

const edit = record({
  path: about(
    z.string(),
    'Where, such as `response.output[0].status`; `*` for a field drawn from the seed. For `extra-key` the object that gets the key, empty for the event itself.',
  ),
  change: about(
    z.enum(CHANGES),
    'delete: take the key out. null: set it to null. retype: another JSON type for the same content. unknown-value: a text no client has seen. extra-key: an additional key. rename: another name, given as `value`. set: exactly `value`.',
  ),
  value: about(
    jsonValue.optional(),
    'For `set` the new value, for `rename` the new name, for `extra-key` the name of the key.',
  ),
});

type Edit = z.infer<typeof edit>;

export const mutate = defineFault({
  kind: 'mutate',
  layer: 'event',
  strikes: ['server'],
  summary:
    'Changes fields of the message: missing, null, of another type, with a value nobody has seen, under another name.',
  clientSees: 'An event that breaks what the client takes for granted about its fields.',
  keys: { edits: about(z.array(edit).min(1), 'The changes in order.') },
  example: {
    at: { event: 'response.done' },
    do: 'mutate',
    edits: [{ path: 'response.usage', change: 'delete' }],
  },
  strike: ({ edits }, { message, random }) => {
    const event = message?.event();
    if (event === undefined) return { skip: 'there is no event to change' };
    for (const each of edits) {
      const failed = apply(event, each, random);
      if (failed !== undefined) return { skip: failed };
    }
    return [{ act: 'change', text: JSON.stringify(event) }];
  },
});

/** Carries out one edit in place, or says why it cannot. */
function apply(
  event: Record<string, unknown>,
  { path, change, value }: Edit,
  random: RandomStream,
): string | undefined {
  if (change === 'extra-key') return addKey(event, path, value);
  const drawn = path === '*' ? drawPath(event, random) : path;
  const slot = findSlot(event, drawn);
  if (slot === undefined || (change !== 'set' && !Object.hasOwn(slot.holder, slot.key))) {
    return `there is nothing at ${describeValue(drawn)}`;
  }
  const { holder, key } = slot;
  const old = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (change === 'rename' && Array.isArray(holder)) return 'the elements of a list have no names';
  if (change === 'delete' || change === 'rename') remove(holder, key);
  if (change === 'rename') setOwn(holder, String(value), old);
  else if (change !== 'delete') setOwn(holder, key, newValue(old, change, value));
  return undefined;
}

/** Of a list the rest moves up. */
function remove(holder: Record<string, unknown> | unknown[], key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function addKey(event: Record<string, unknown>, path: string, name: unknown): string | undefined {
  const owner = path === '' ? event : readPath(event, path);
  if (typeof owner !== 'object' || owner === null || Array.isArray(owner))
    return `there is no object at ${describeValue(path)}`;
  const key = typeof name === 'string' ? name : 'x_extra';
  setOwn(owner as Record<string, unknown>, key, { added: [1, 'two', null] });
  return undefined;
}

/** Any field but the type, without which nothing is left to be wrong about. */
function drawPath(event: Record<string, unknown>, random: RandomStream): string {
  const paths = listPaths(event).filter((path) => path !== 'type');
  return paths[random.below(Math.max(1, paths.length))] ?? 'event_id';
}

function newValue(old: unknown, change: Edit['change'], value: unknown): unknown {
  if (change === 'null') return null;
  if (change === 'set') return value ?? null;
  return change === 'retype' ? retyped(old) : `x-unknown-${typeof old === 'string' ? old : 'value'}`;
}

/** The same content as another JSON type. */
function retyped(old: unknown): unknown {
  if (typeof old === 'number' || typeof old === 'boolean') return String(old);
  if (typeof old === 'string') return { value: old };
  if (Array.isArray(old)) return Object.fromEntries(old.map((element, index) => [String(index), element]));
  return old === null ? {} : JSON.stringify(old);
}
