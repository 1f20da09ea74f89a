/**
 * Reading values of unknown JSON by own keys only, so that `__proto__` and `constructor` are keys like any
 * other. It must never throw and never follow a prototype.
 */

import { nestsDeeperThan } from './json-depth.js';
import { LIMITS } from './limits.js';

/** A JSON object whose keys nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object of a JSON text; undefined when it is something else, or no JSON. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

/**
 * The object of a message's text: as `parseJsonObject`, and nesting beyond what a message may have counts as none, so that
 * whoever walks it never runs out of stack.
 */
export function parseMessageObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{') || nestsDeeperThan(text, LIMITS.jsonDepth)) return undefined;
  return parseJsonObject(text);
}

/** The own value of a key; undefined when it is missing. */
export function ownValue(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The value at a path such as `audio.input.format`; undefined when any step is missing or no object. */
export function valueAt(root: JsonObject, path: readonly string[]): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = ownValue(value, key);
  }
  return value;
}
