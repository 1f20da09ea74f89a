/**
 * Whether what the client sends is what was recorded: equal JSON but for the order of keys, ids that stand for each
 * other, placeholders, and what the test has declared to be of no interest. Must never judge the audio.
 */
import { isJsonObject, type JsonObject } from '../../protocol/json-object.js';
import { matchesPlaceholder } from '../../recordings/index.js';
import { pathKeys } from '../../scenarios/index.js';
import { type IdWord, idWordOf } from '../../session-log/index.js';
import { isId, type ReplayIds } from './replay-ids.js';

/** The first place where two messages differ. */
export interface Difference {
  /** Keys and positions with dots between them; empty for the whole message. */
  readonly path: string;
  /** Undefined: there was nothing. */
  readonly recorded: unknown;
  /** Undefined: there is nothing. */
  readonly live: unknown;
  /** What is wrong about it, where that is not plain to see. */
  readonly why?: string | undefined;
}

/** What is not compared. */
export class IgnoredPaths {
  readonly #paths: readonly (readonly string[])[];

  /** @param paths such as `session.instructions` or `item.content.0.text`; `*` stands for any one key */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map(pathKeys);
  }

  has(path: readonly string[]): boolean {
    return this.#paths.some(
      (ignored) =>
        ignored.length === path.length && ignored.every((key, at) => key === '*' || key === path[at]),
    );
  }
}

/** Compares an event of the client with the recorded one. Ids the client makes are bound as they are seen. */
export function compareEvents(
  recorded: JsonObject,
  live: JsonObject,
  { ids, ignored }: { readonly ids: ReplayIds; readonly ignored: IgnoredPaths },
): Difference | undefined {
  if (recorded['type'] !== live['type'])
    return { path: 'type', recorded: recorded['type'], live: live['type'] };
  return compareValues(recorded, live, [], '');

  function compareValues(
    one: unknown,
    other: unknown,
    path: readonly string[],
    ownerPath: string,
  ): Difference | undefined {
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
        const inner = [...path, String(at)];
        const found = ignored.has(inner)
          ? undefined
          : compareValues(one[at], other[at], inner, path.at(-1) ?? '');
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (isJsonObject(one) && isJsonObject(other)) return compareObjects(one, other, path, ownerPath);
    if (one === other || (typeof one === 'string' && typeof other === 'string' && isSameText(one, other)))
      return undefined;
    return { path: path.join('.'), recorded: one, live: other };
  }

  function compareObjects(
    one: JsonObject,
    other: JsonObject,
    path: readonly string[],
    ownerPath: string,
  ): Difference | undefined {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const inner = [...path, key];
      if ((path.length === 0 && key === 'event_id') || ignored.has(inner)) continue;
      const [before, now] = [own(one, key), own(other, key)];
      const word =
        typeof before === 'string' && isId(before) ? idWordOf(key, one, path.at(-1) ?? ownerPath) : undefined;
      const found =
        word === undefined
          ? compareValues(before, now, inner, key)
          : compareIds(String(before), now, inner, word);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function compareIds(
    before: string,
    now: unknown,
    path: readonly string[],
    word: IdWord,
  ): Difference | undefined {
    const known = ids.liveOf(before);
    const difference = { path: path.join('.'), recorded: before, live: now };
    if (known !== undefined)
      return now === known ? undefined : { ...difference, why: `here it stands for '${known}'` };
    if (typeof now !== 'string' || now === '') return difference;
    return ids.bind(before, now, word)
      ? undefined
      : { ...difference, why: 'it is the id of something else in this session' };
  }

  function isSameText(one: string, other: string): boolean {
    return matchesPlaceholder(one, other) || ids.rewriteText(one) === other;
  }
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
