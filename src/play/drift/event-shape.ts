/**
 * The keys of all events of one type and the JSON types of their values. Must never keep a value.
 */
import { isJsonObject } from '../../protocol/json-object.js';

export type JsonType = 'null' | 'array' | 'object' | 'string' | 'number' | 'boolean';

interface SeenKey {
  readonly types: Set<JsonType>;
  count: number;
}

/** Keys by path, such as `response.output[].id`. */
export class EventShape {
  readonly #keys = new Map<string, SeenKey>();

  take(event: unknown): void {
    this.#walk(event, '');
  }

  /** Every path below the event itself. */
  paths(): readonly string[] {
    return [...this.#keys.keys()].filter((path) => path !== '');
  }

  typesOf(path: string): ReadonlySet<JsonType> {
    return this.#keys.get(path)?.types ?? new Set();
  }

  has(path: string): boolean {
    return this.#keys.has(path);
  }

  /** Whether there was an object that could have had the key. */
  couldHave(path: string): boolean {
    return this.#keys.get(parentOf(path))?.types.has('object') === true;
  }

  /** Whether every object that could have the key had it. Elements of lists may be none. */
  alwaysHas(path: string): boolean {
    if (path.endsWith('[]')) return false;
    return (this.#objects.get(parentOf(path)) ?? 0) === (this.#keys.get(path)?.count ?? 0);
  }

  /** How many values under a path were objects. */
  readonly #objects = new Map<string, number>();

  #walk(value: unknown, path: string): void {
    const type = jsonTypeOf(value);
    const known = this.#keys.get(path) ?? { types: new Set(), count: 0 };
    known.types.add(type);
    known.count += 1;
    this.#keys.set(path, known);
    if (Array.isArray(value)) {
      for (const inner of value) this.#walk(inner, `${path}[]`);
    } else if (isJsonObject(value)) {
      this.#objects.set(path, (this.#objects.get(path) ?? 0) + 1);
      for (const [key, inner] of Object.entries(value))
        this.#walk(inner, path === '' ? key : `${path}.${key}`);
    }
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}
