/**
 * Paths into JSON values, `response.output[0].status`: reading, changing, listing. Never follows what is not an own
 * key, so that a path such as `__proto__` finds nothing.
 */

/** The keys of a path; numbers in brackets or between dots are positions. */
export function pathKeys(path: string): string[] {
  return path.split(/[.[\]]/).filter((key) => key !== '');
}

/** What stands at a path; undefined when nothing does. */
export function readPath(value: unknown, path: string): unknown {
  return pathKeys(path).reduce(ownValue, value);
}

/**
 * The container that holds the last key of a path, and that key; undefined when there is none. Of a list only its
 * elements count, and the place behind the last one: what else it has is no JSON, or would make it endless.
 */
export function findSlot(
  value: unknown,
  path: string,
): { readonly holder: Record<string, unknown>; readonly key: string } | undefined {
  const keys = pathKeys(path);
  const key = keys.pop();
  const holder = keys.reduce(ownValue, value);
  if (key === undefined || typeof holder !== 'object' || holder === null) return undefined;
  if (Array.isArray(holder) && !isPosition(key, holder.length)) return undefined;
  return { holder: holder as Record<string, unknown>, key };
}

/** Puts a value under a key, whatever the key is called: `__proto__` is a name like any other in JSON. */
export function setOwn(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}

/** Every path that leads to something, the shallow ones first; arrays are entered. */
export function listPaths(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).map(([key, inner]) => [key, inner] as const);
  const deeper = own.flatMap(([key, inner]) => listPaths(inner).map((path) => `${key}.${path}`));
  return [...own.map(([key]) => key), ...deeper];
}

function ownValue(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function isPosition(key: string, most: number): boolean {
  return /^(?:0|[1-9]\d*)$/.test(key) && Number(key) <= most;
}
