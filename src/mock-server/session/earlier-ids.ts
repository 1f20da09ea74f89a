/**
 * Ids that earlier messages of the server carried, by key, for faults that use them again. Must only be filled in
 * sessions that have such a fault.
 */
import { parseJsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';

/** Objects whose `id` is remembered under the object's key. */
const OWNERS = ['session', 'response', 'item'] as const;

export class EarlierIds {
  readonly #first = new Map<string, string>();
  /** The newest ids by key, the latest last, without repetition. */
  readonly #latest = new Map<string, string[]>();

  /** Takes in a message as it was intended. Deltas of audio bring no ids that other events do not. */
  remember(text: string, isAudio: boolean): void {
    if (isAudio) return;
    // Verbatim messages need not be JSON.
    const event = parseJsonObject(text) ?? {};
    for (const [key, value] of Object.entries(event)) if (key.endsWith('_id')) this.#add(key, value);
    for (const owner of OWNERS) {
      const object = event[owner];
      if (typeof object !== 'object' || object === null) continue;
      const { id } = object as { readonly id?: unknown };
      this.#add(`${owner}.id`, id);
      this.#add(`${owner}_id`, id);
    }
  }

  /** The first id under `key`, or the latest other than `not`. */
  find(key: string, which: 'first' | 'previous', not: string | undefined): string | undefined {
    if (which === 'first') {
      const first = this.#first.get(key);
      return first === not ? undefined : first;
    }
    return this.#latest.get(key)?.findLast((id) => id !== not);
  }

  #add(key: string, id: unknown): void {
    if (typeof id !== 'string') return;
    if (!this.#first.has(key)) this.#first.set(key, id);
    const latest = (this.#latest.get(key) ?? []).filter((known) => known !== id);
    latest.push(id);
    if (latest.length > LIMITS.rememberedIdsPerKey) latest.shift();
    this.#latest.set(key, latest);
  }
}
