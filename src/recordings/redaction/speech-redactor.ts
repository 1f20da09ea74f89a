/**
 * Voices and what they said, of one connection. Must never let a message through that may hold sound it cannot replace.
 */
import { AudioFormats } from '../audio-formats.js';
import type { DraftEntry, DraftPart, TextEntry } from '../entries.js';
import { modelOf } from '../log-entries.js';
import { withheld } from './entry-redactor.js';
import type { Placeholders } from './placeholder.js';
import { SpeechTone } from './speech-tone.js';
import { withoutSpeech } from './spoken-text.js';
import { plainText } from './text-deltas.js';

const RULE = 'speech';

export class SpeechRedactor {
  readonly #tones = { client: new SpeechTone(), server: new SpeechTone() };
  readonly #placeholders: Placeholders;
  #formats = new AudioFormats(null);

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  redact(entry: DraftEntry): DraftEntry {
    switch (entry.kind) {
      case 'upgrade':
        this.#formats = new AudioFormats(modelOf(entry.target));
        return entry;
      case 'text':
        return this.#text(entry);
      case 'binary':
      case 'bytes':
      case 'invalid-text':
        return withheld(entry, RULE);
      default:
        return entry;
    }
  }

  #text(entry: TextEntry<DraftPart>): DraftEntry {
    const text = plainText(entry);
    if (text === undefined) return { ...entry, parts: entry.parts.map((part) => this.#part(part, entry)) };
    if (entry.from === 'server') this.#formats.serverText(text);
    const blank = withoutSpeech(text, () => this.#placeholders.take(RULE, 'sound in a text'));
    if (blank === text) return entry;
    const { frames: _frames, ...rest } = entry;
    return { ...rest, parts: [blank] };
  }

  #part(part: DraftPart, { from }: TextEntry<DraftPart>): DraftPart {
    if (typeof part === 'string' || part.media !== 'pcm') return part;
    return { ...part, bytes: this.#tones[from].replace(part.bytes, this.#formats.of(from).rateHz) };
  }
}
