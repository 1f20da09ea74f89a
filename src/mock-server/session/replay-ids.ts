/**
 * Ids of a recording and those that stand for them in this session: what the server made is made anew, what the client
 * made is what the client makes now. Must never let one live id stand for two recorded ones.
 */
import { ID_PATTERNS, makeId, type RandomStream } from '../../protocol/index.js';
import { isJsonObject, type JsonObject } from '../../protocol/json-object.js';
import { LIMITS } from '../../protocol/limits.js';
import { findPlaceholders } from '../../recordings/index.js';
import { type IdWord, idWordOf } from '../../session-log/index.js';

/** No id, though it stands where one may. */
const NO_IDS: ReadonlySet<string> = new Set(['', 'root', 'auto', 'none']);
/** Ids of this length are random: wherever one stands, it is that id. */
const UNMISTAKABLE_CHARS = 16;
const MOST_DRAWS = 50;

/** Where ids stand in a text: under the keys of ids, and by themselves when they are unmistakable. */
const PLACES = /("(?:\w*_)?id"\s*:\s*")([^"\\]*)"|[\w-]{16,}/g;
/** The same, and quoted by the message of an error. */
const PLACES_IN_ERRORS =
  /("(?:\w*_)?id"\s*:\s*")([^"\\]*)"|("message"\s*:\s*")((?:[^"\\]|\\.)*)"|[\w-]{16,}/g;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Whether a string under a key that names ids is one. */
export function isId(text: string): boolean {
  return !NO_IDS.has(text) && findPlaceholders(text).length === 0;
}

/** The ids of one session. */
export class ReplayIds {
  readonly #random: RandomStream;
  readonly #live = new Map<string, string>();
  /** Every message has one and hardly any is referred to again: only the newest are kept. */
  readonly #liveEvents = new Map<string, string>();
  /** The recorded ids that live ones stand for. */
  readonly #recorded = new Map<string, string>();
  /** Ids the session has had before its first message. */
  readonly #given: Map<IdWord, string>;
  #hasShort = false;

  constructor(random: RandomStream, given: Readonly<Partial<Record<IdWord, string>>>) {
    this.#random = random;
    this.#given = new Map(Object.entries(given) as [IdWord, string][]);
  }

  /** The live id of a recorded one; undefined when nobody has named it yet. */
  liveOf(recorded: string): string | undefined {
    return this.#live.get(recorded) ?? this.#liveEvents.get(recorded);
  }

  /** Makes an id of the client's stand for a recorded one; false when it stands for another already. */
  bind(recorded: string, live: string, word: IdWord): boolean {
    const other = this.#recorded.get(live);
    if (other !== undefined && other !== recorded) return false;
    this.#set(recorded, live, word);
    return true;
  }

  /** A message of the recorded server with ids of this session. */
  rewrite(texts: readonly string[], event: unknown): string[] {
    this.#makeIds(event, '');
    const isError = isJsonObject(event) && isJsonObject(event['error']);
    return texts.map((text) => this.#replace(text, isError));
  }

  /** A text of the recorded client as this session's client would write it. */
  rewriteText(text: string): string {
    return text.replace(/[\w-]{16,}/g, (token) => this.liveOf(token) ?? token);
  }

  #makeIds(value: unknown, path: string): void {
    if (Array.isArray(value)) for (const element of value) this.#makeIds(element, path);
    if (!isJsonObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== 'string') this.#makeIds(inner, key);
      else this.#makeId(key, inner, value, path);
    }
  }

  #makeId(key: string, recorded: string, owner: JsonObject, path: string): void {
    const word = idWordOf(key, owner, path);
    if (word === undefined || !isId(recorded) || this.liveOf(recorded) !== undefined) return;
    // An error quotes the client's event; whoever sends none must not be told of one it never made.
    if (word === 'event' && path === 'error') return;
    this.#set(recorded, this.#fresh(recorded, word), word);
  }

  #set(recorded: string, live: string, word: IdWord): void {
    const ids = word === 'event' ? this.#liveEvents : this.#live;
    ids.set(recorded, live);
    if (word !== 'event') this.#recorded.set(live, recorded);
    if (recorded.length < UNMISTAKABLE_CHARS || !/^[\w-]+$/.test(recorded)) this.#hasShort = true;
    if (this.#liveEvents.size <= LIMITS.rememberedEventIds) return;
    const [oldest] = this.#liveEvents.keys();
    if (oldest !== undefined) this.#liveEvents.delete(oldest);
  }

  #fresh(recorded: string, word: IdWord): string {
    const given = this.#given.get(word);
    this.#given.delete(word);
    if (given !== undefined) return given;
    if (ID_PATTERNS[word].test(recorded)) return makeId(word, this.#random);
    for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
      const drawn = this.#like(recorded);
      if (!this.#recorded.has(drawn) && !this.#live.has(drawn)) return drawn;
    }
    return recorded;
  }

  /** An id of the same prefix, length and kinds of characters. */
  #like(recorded: string): string {
    const prefix = /^[A-Za-z]+[_-]/.exec(recorded)?.[0] ?? '';
    const rest = recorded.slice(prefix.length);
    const isHex = /^[0-9a-f-]+$/.test(rest);
    const drawn = rest.replace(/[A-Za-z0-9]/g, (character) => {
      if (isHex) return this.#random.below(16).toString(16);
      if (character >= '0' && character <= '9') return String(this.#random.below(10));
      return CHARACTERS[this.#random.below(CHARACTERS.length)] ?? character;
    });
    return prefix + drawn;
  }

  /** In one pass: a live id may look like a recorded one. */
  #replace(text: string, isError: boolean): string {
    if (!this.#hasShort) return this.rewriteText(text);
    if (!isError)
      return text.replace(PLACES, (whole, head?: string, id?: string) => this.#place(whole, head, id));
    return text.replace(
      PLACES_IN_ERRORS,
      (whole, head?: string, id?: string, messageHead?: string, message = '') =>
        messageHead === undefined
          ? this.#place(whole, head, id)
          : `${messageHead}${String(message).replace(/[\w-]+/g, (token) => this.#quoted(token))}"`,
    );
  }

  #place(whole: string, head: string | undefined, id = ''): string {
    return head === undefined ? this.#quoted(whole) : `${head}${this.#quoted(id)}"`;
  }

  #quoted(token: string): string {
    const live = this.liveOf(token);
    return live === undefined ? token : jsonInside(live);
  }
}

/** What stands between the quotes of a JSON string. */
function jsonInside(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
