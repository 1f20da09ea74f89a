/**
 * Whether the fields of a message have the values that a scenario asks for, by path. Must never throw, whatever the
 * message is.
 */
import { readPath } from './faults/json-path.js';

/** What may stand in place of a value. */
export const ABSENT = '~absent';
export const PRESENT = '~present';

/** True when every path leads to its value; also when there are no paths. */
export function matchesFields(event: unknown, where: Readonly<Record<string, unknown>> | undefined): boolean {
  return Object.entries(where ?? {}).every(([path, wanted]) => {
    const value = readPath(event, path);
    if (wanted === ABSENT) return value === undefined;
    return wanted === PRESENT ? value !== undefined : isSameValue(value, wanted);
  });
}

/**
 * Whether two JSON values say the same, whatever the order of their keys. It goes no deeper than both values do, and
 * follows own keys only.
 */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      isSameValue((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}
