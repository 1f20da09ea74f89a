/** What each change does to an event, and where it cannot be made. Whatever the path, nothing throws. */
import { describe, expect, test } from 'vitest';
import { openRandomStream } from '../../protocol/index.js';
import type { StrikeContext } from '../fault-types.js';
import { mutate } from './mutate.js';

type Edit = Parameters<NonNullable<typeof mutate.strike>>[0]['edits'][number];

const EVENT = '{"type":"x","list":[1,2,3],"inner":{"text":"hello"}}';

/** The event after the edits, as text; or why there is none. */
function changed(...edits: Edit[]): unknown {
  const random = openRandomStream(1, 'faults', 'test');
  const message = { type: 'x', text: EVENT, event: () => JSON.parse(EVENT) as Record<string, unknown> };
  const context = { point: 'server', message, random } as unknown as StrikeContext;
  const actions = mutate.strike?.({ edits }, context) ?? [];
  if ('skip' in actions) return actions.skip;
  const [action] = actions;
  return action?.act === 'change' ? action.text : undefined;
}

describe('the elements of a list', () => {
  test.each<[Edit, string]>([
    [{ path: 'list[1]', change: 'delete' }, '[1,3]'],
    [{ path: 'list.1', change: 'null' }, '[1,null,3]'],
    [{ path: 'list[2]', change: 'retype' }, '[1,2,"3"]'],
    [{ path: 'list[3]', change: 'set', value: 4 }, '[1,2,3,4]'],
  ])('%j', (edit, list) => {
    expect(changed(edit)).toBe(EVENT.replace('[1,2,3]', list));
  });

  test.each<Edit>([
    { path: 'list[3]', change: 'delete' },
    { path: 'list[4]', change: 'set', value: 1 },
    { path: 'list[4294967294]', change: 'set', value: 1 },
    { path: 'list[-1]', change: 'set', value: 1 },
    { path: 'list[01]', change: 'null' },
    { path: 'list.length', change: 'set', value: 4294967295 },
    { path: 'list.length', change: 'delete' },
    { path: 'list.length', change: 'unknown-value' },
    { path: 'list.name', change: 'set', value: 1 },
  ])('not %j', (edit) => {
    expect(changed(edit)).toMatch(/^there is nothing at/);
  });

  test('have no names', () => {
    expect(changed({ path: 'list[0]', change: 'rename', value: 'x' })).toMatch(/no names/);
    expect(changed({ path: 'list', change: 'extra-key', value: 'length' })).toMatch(/^there is no object at/);
  });
});

describe('names of built-ins are names like any other', () => {
  test.each<[Edit, string]>([
    [{ path: '__proto__', change: 'set', value: { a: 1 } }, '"__proto__":{"a":1}}'],
    [{ path: '', change: 'extra-key', value: '__proto__' }, '"__proto__":{"added":[1,"two",null]}}'],
    [{ path: 'inner.text', change: 'rename', value: '__proto__' }, '"inner":{"__proto__":"hello"}}'],
    [{ path: 'constructor', change: 'set', value: 1 }, '"constructor":1}'],
  ])('%j', (edit, end) => {
    expect(String(changed(edit)).endsWith(end)).toBe(true);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test.each(['__proto__.polluted', 'constructor.prototype.polluted', 'inner.__proto__.polluted'])(
    '%s leads nowhere',
    (path) => {
      expect(changed({ path, change: 'set', value: 1 })).toMatch(/^there is nothing at/);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );
});
