/**
 * Renames ids by first appearance, so that two runs with different ids give the same transcript. Knows which
 * keys hold ids; must never guess from a value's look alone.
 */

import { LIMITS } from '../protocol/limits.js';

/** What an id can name. */
export type IdWord = 'event' | 'item' | 'response' | 'conversation' | 'call' | 'session';

const EVENT = 'event';

/** Keys whose string value is an id, and the word it is renamed to. */
const ID_KEYS: ReadonlyMap<string, IdWord> = new Map([
  ['event_id', EVENT],
  ['item_id', 'item'],
  ['previous_item_id', 'item'],
  ['response_id', 'response'],
  ['conversation_id', 'conversation'],
  ['call_id', 'call'],
  ['approval_request_id', 'item'],
]);

/** The word for an `id` key, by the `object` that owns it. */
const OWNER_WORDS: ReadonlyMap<unknown, IdWord> = new Map([
  ['realtime.item', 'item'],
  ['realtime.response', 'response'],
  ['realtime.session', 'session'],
]);

/**
 * What an id under `key` of `owner` names; undefined when that key holds no id. `path` is the last key on the way to
 * `owner`.
 */
export function idWordOf(
  key: string,
  owner: Readonly<Record<string, unknown>>,
  path: string,
): IdWord | undefined {
  return key === 'id' ? idWord(owner, path) : ID_KEYS.get(key);
}

/** Renames ids over the course of one transcript. */
export class IdNames {
  readonly #names = new Map<string, string>();
  /** Every message has an event id of its own and hardly any is referred to again: only the newest are kept. */
  readonly #eventNames = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name for an id value under `key` of `owner`, or undefined when that key holds no id. */
  rename(
    key: string,
    value: string,
    owner: Readonly<Record<string, unknown>>,
    path: string,
  ): string | undefined {
    const word = value === '' ? undefined : idWordOf(key, owner, path);
    return word === undefined ? undefined : this.#nameOf(word, value);
  }

  /** Replaces every id seen so far inside free text, such as an error message that quotes one. */
  renameInText(text: string): string {
    return text.replace(
      /[\w-]{6,}/g,
      (token) => this.#names.get(token) ?? this.#eventNames.get(token) ?? token,
    );
  }

  #nameOf(word: string, value: string): string {
    const names = word === EVENT ? this.#eventNames : this.#names;
    const known = names.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(word) ?? 0) + 1;
    this.#counts.set(word, count);
    const name = `${word}#${count}`;
    names.set(value, name);
    if (this.#eventNames.size > LIMITS.rememberedEventIds) forgetOldest(this.#eventNames);
    return name;
  }
}

function forgetOldest(names: Map<string, string>): void {
  for (const oldest of names.keys()) {
    names.delete(oldest);
    return;
  }
}

function idWord(owner: Readonly<Record<string, unknown>>, path: string): IdWord | undefined {
  const byObject = OWNER_WORDS.get(owner['object']);
  if (byObject !== undefined) return byObject;
  if (path === 'item') return 'item';
  return path === 'session' ? 'session' : undefined;
}
