/**
 * An event as a value that two recordings can share: sorted keys, ids as objects that know who brought them up, long
 * strings as their hash. Must never guess from a value's look that it is an id.
 */
import { createSha256 } from '../../media/index.js';
import { isJsonObject, type JsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { idWordOf } from '../../session-log/id-names.js';
import type { Side } from '../entries.js';
import { findPlaceholders } from '../redaction/placeholder.js';

/** An id by its place in the order of appearance: `item#2`, or `item#c2` when the client brought it up. */
export class IdName {
  readonly word: string;
  readonly origin: Side;
  readonly number: number;

  constructor(word: string, origin: Side, number: number) {
    this.word = word;
    this.origin = origin;
    this.number = number;
  }

  toJSON(): string {
    return `${this.word}#${this.origin === 'client' ? 'c' : ''}${this.number}`;
  }
}

/** A string too long to keep, by what tells it from another. */
export class LongText {
  readonly chars: number;
  readonly sha256: string;

  constructor(text: string) {
    const hash = createSha256();
    hash.update(text);
    this.chars = text.length;
    this.sha256 = hash.digestHex();
  }

  toJSON(): string {
    return `<${this.chars} characters, SHA-256 ${this.sha256}>`;
  }
}

/** The ids of one recording, named as they come. */
export class SidedNames {
  readonly #names = new Map<string, IdName>();
  readonly #events = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param label what the event with that id is called, for those that refer to it */
  rememberEvent(id: string, label: string): void {
    this.#events.set(id, label);
  }

  /** Which event an id is of. */
  eventNamed(id: string): string {
    return this.#events.get(id) ?? 'an unknown event';
  }

  /** The name of an id that `side` uses. */
  nameOf(word: string, id: string, side: Side): IdName {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const counted = `${side} ${word}`;
    const number = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, number);
    const name = new IdName(word, side, number);
    this.#names.set(id, name);
    return name;
  }

  /** Free text with the ids in it named. */
  renameInText(text: string): string {
    return text.replace(/[\w-]{6,}/g, (token) => {
      const name = this.#names.get(token);
      if (name !== undefined) return name.toJSON();
      return this.#events.has(token) ? `the id of ${this.eventNamed(token)}` : token;
    });
  }
}

/** Turns the events of one recording into values, in order. */
export class Canonicaliser {
  readonly #names = new SidedNames();
  readonly #counts = new Map<string, number>();

  /** @param label the event's type */
  valueOf(event: JsonObject, side: Side, label: string): JsonObject {
    const counted = `${side} ${label}`;
    const nth = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, nth);
    const id = event['event_id'];
    if (typeof id === 'string') this.#names.rememberEvent(id, `the ${side}'s ${label} ${nth}`);
    return this.#object(event, '', side);
  }

  #value(value: unknown, key: string, side: Side): unknown {
    if (Array.isArray(value)) return value.map((element) => this.#value(element, key, side));
    if (isJsonObject(value)) return this.#object(value, key, side);
    return typeof value === 'string' ? shortened(value) : value;
  }

  #object(owner: JsonObject, path: string, side: Side): JsonObject {
    const keys = Object.keys(owner).sort();
    return Object.fromEntries(keys.map((key) => [key, this.#field(owner, key, path, side)]));
  }

  #field(owner: JsonObject, key: string, path: string, side: Side): unknown {
    const value = owner[key];
    if (typeof value !== 'string') return this.#value(value, key, side);
    if (key === 'obfuscation') return value.length;
    if (key === 'message' && path === 'error') return shortened(this.#names.renameInText(value));
    const word = idWordOf(key, owner, path);
    if (word === undefined || value === '' || findPlaceholders(value).length > 0) return shortened(value);
    // Every message has an id of its own: which one it is says nothing, unless another refers to it.
    if (word === 'event') return path === '' ? 'event' : this.#names.eventNamed(value);
    return this.#names.nameOf(word, value, side);
  }
}

function shortened(text: string): string | LongText {
  return text.length > LIMITS.comparedStringChars ? new LongText(text) : text;
}
