/**
 * One entry in, the same entry without secrets out, whatever its kind. Must never change what it was given, and give
 * what it cannot clean as withheld.
 */
import { LIMITS } from '../../protocol/limits.js';
import type {
  DraftEntry,
  DraftPart,
  MediaPart,
  RecordedHeaders,
  TextEntry,
  WithheldEntry,
} from '../entries.js';
import { ALLOWED_HEADERS, redactHeaders, redactTarget } from './handshake-redaction.js';
import { type PathRule, pathReplacements } from './path-rules.js';
import { hiddenInPreview } from './preview-text.js';
import { applyReplacements, type Replacement } from './replacements.js';
import type { TextRedactor } from './text-redactor.js';
import { latin1 } from './text-view.js';
import { unmasked } from './unmask.js';

export interface EntryRedactorOptions {
  readonly texts: TextRedactor;
  readonly paths: readonly PathRule[];
  /** Headers beyond the known ones, in lower case. */
  readonly allowedHeaders: readonly string[];
}

const UTF8 = new TextEncoder();

/** Thrown and caught within this file: an entry that must not be written. */
class Withhold extends Error {
  readonly rule: string;

  constructor(rule: string) {
    super(rule);
    this.rule = rule;
  }
}

export class EntryRedactor {
  readonly #texts: TextRedactor;
  readonly #paths: readonly PathRule[];
  readonly #allowed: ReadonlySet<string>;

  constructor({ texts, paths, allowedHeaders }: EntryRedactorOptions) {
    this.#texts = texts;
    this.#paths = paths;
    this.#allowed = new Set([...ALLOWED_HEADERS, ...allowedHeaders]);
  }

  redact(entry: DraftEntry): DraftEntry {
    try {
      return this.#redact(entry);
    } catch (error) {
      if (error instanceof Withhold) return withheld(entry, error.rule);
      throw error;
    }
  }

  /** @throws Withhold */
  readonly scrub = (text: string): string => {
    if (text.length > LIMITS.redactionTextChars) throw new Withhold('too-long');
    const redacted = this.#texts.redact(text);
    if (redacted.kind === 'withheld') throw new Withhold(redacted.rule);
    return redacted.text;
  };

  #redact(entry: DraftEntry): DraftEntry {
    switch (entry.kind) {
      case 'upgrade':
        return {
          ...entry,
          method: this.scrub(entry.method),
          target: redactTarget(entry.target, this.#texts, this.scrub),
          headers: this.#headers(entry.headers),
        };
      case 'answer': {
        const { reason, headers, body } = entry;
        return {
          ...entry,
          reason: this.scrub(reason),
          headers: this.#headers(headers),
          ...(body === undefined ? {} : { body: this.#bytes(body) }),
        };
      }
      case 'text':
        return this.#text(entry);
      case 'close':
        return { ...entry, reason: this.scrub(entry.reason) };
      case 'end':
        return entry;
      case 'withheld':
        return { ...entry, what: this.scrub(entry.what), rule: this.scrub(entry.rule) };
      case 'bytes': {
        const [hit] = this.#texts.hitsIn(latin1(unmasked(entry.payload) ?? new Uint8Array(0)));
        if (hit !== undefined) throw new Withhold(hit.rule);
        return { ...entry, payload: this.#bytes(entry.payload) };
      }
      default:
        return { ...entry, payload: this.#bytes(entry.payload) };
    }
  }

  #headers(headers: RecordedHeaders): RecordedHeaders {
    return redactHeaders(headers, this.#allowed, this.#texts, this.scrub);
  }

  #bytes(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    if (bytes.length > LIMITS.redactionTextChars) throw new Withhold('too-long');
    const text = latin1(bytes);
    const scrubbed = this.scrub(text);
    return scrubbed === text ? bytes : Uint8Array.from(scrubbed, (character) => character.charCodeAt(0));
  }

  #text(entry: TextEntry<DraftPart>): DraftEntry {
    for (const part of entry.parts) if (typeof part !== 'string') this.#refuseMedia(part);
    const [text] = entry.parts;
    if (entry.parts.length === 1 && typeof text === 'string') {
      const redacted = this.#message(text);
      return redacted === text ? entry : withoutFrames({ ...entry, parts: [redacted] });
    }
    return this.#textAroundMedia(entry);
  }

  /** The text on both sides of media is one JSON text with an empty string in it. */
  #textAroundMedia(entry: TextEntry<DraftPart>): DraftEntry {
    const whole = entry.parts.map((part) => (typeof part === 'string' ? part : '')).join('');
    const byPath = pathReplacements(whole, this.#paths, this.#texts.placeholders);
    const redacted = this.#texts.redact(applyReplacements(whole, byPath));
    if (redacted.kind === 'withheld') throw new Withhold(redacted.rule);
    if (byPath.length === 0 && redacted.replacements.length === 0) return entry;
    const parts = spread(spread(entry.parts, byPath), redacted.replacements);
    return withoutFrames({ ...entry, parts });
  }

  #message(text: string): string {
    if (text.length > LIMITS.redactionTextChars) throw new Withhold('too-long');
    const hidden = hiddenInPreview(text, this.#texts);
    if (hidden !== undefined) throw new Withhold(hidden);
    return this.scrub(applyReplacements(text, pathReplacements(text, this.#paths, this.#texts.placeholders)));
  }

  #refuseMedia({ bytes }: MediaPart): void {
    const found = this.#texts.search.findInBytes(bytes);
    if (found !== undefined) throw new Withhold(found.rule);
  }
}

/** Replacements of a text, done to the parts that it is joined from. */
function spread(parts: readonly DraftPart[], replacements: readonly Replacement[]): readonly DraftPart[] {
  let offset = 0;
  return parts.map((part) => {
    if (typeof part !== 'string') return part;
    const [from, to] = [offset, offset + part.length];
    offset = to;
    const own = replacements.filter(({ start, end }) => start >= from && end <= to && start < to);
    return applyReplacements(
      part,
      own.map(({ start, end, text }) => ({ start: start - from, end: end - from, text })),
    );
  });
}

/** Other text comes in other frames: sizes that do not add up would be a lie. */
function withoutFrames({ frames: _frames, ...entry }: TextEntry<DraftPart>): TextEntry<DraftPart> {
  return entry;
}

/** What stands for an entry that must not be written. */
export function withheld(entry: DraftEntry, rule: string): WithheldEntry {
  const { atMs, from, kind } = entry;
  return { atMs, from, kind: 'withheld', what: kind, rule, sizeBytes: sizeOf(entry) };
}

/** Bytes of an entry's content, about. */
export function sizeOf(entry: DraftEntry): number {
  switch (entry.kind) {
    case 'text':
      return entry.parts.reduce(
        (sum, part) => sum + (typeof part === 'string' ? utf8Size(part) : part.bytes.length),
        0,
      );
    case 'upgrade':
      return utf8Size(entry.target) + headersSize(entry.headers);
    case 'answer':
      return utf8Size(entry.reason) + headersSize(entry.headers) + (entry.body?.length ?? 0);
    case 'close':
      return utf8Size(entry.reason);
    case 'end':
    case 'withheld':
      return 0;
    default:
      return entry.payload.length;
  }
}

function headersSize(headers: RecordedHeaders): number {
  return headers.reduce((sum, [name, value]) => sum + utf8Size(name) + utf8Size(value), 0);
}

function utf8Size(text: string): number {
  return UTF8.encode(text).length;
}
