/**
 * What a server says in pieces, put together by item: words, and how much audio came with them. Must never keep audio.
 */
import { textAt, type WireObject } from './wire-reading.js';

/** One item as far as it was said. */
export interface SpokenItem {
  readonly atMs: number;
  readonly text: string;
  readonly samples: number;
  readonly response: string;
}

const WORDS: ReadonlySet<string> = new Set(['response.audio_transcript', 'response.text']);

export class SpokenItems {
  readonly #items = new Map<string, { atMs: number; text: string; samples: number; response: string }>();

  /** Takes in a piece; false when the event is none. @param samples of the audio that the event carries */
  take(type: string, event: WireObject, atMs: number, samples: number): boolean {
    const [stream, step] = [type.slice(0, type.lastIndexOf('.')), type.slice(type.lastIndexOf('.') + 1)];
    const isAudio = stream === 'response.audio';
    if (!isAudio && !WORDS.has(stream)) return false;
    const id = textAt(event, 'item_id');
    const item = this.#items.get(id) ?? {
      atMs,
      text: '',
      samples: 0,
      response: textAt(event, 'response_id'),
    };
    this.#items.set(id, item);
    item.samples += samples;
    if (WORDS.has(stream) && step === 'delta') item.text += textAt(event, 'delta');
    // What is said at the end counts: it is the whole.
    if (WORDS.has(stream) && step === 'done')
      item.text = textAt(event, 'transcript') || textAt(event, 'text') || item.text;
    return true;
  }

  /** The items of a response, which are forgotten; of all that are left without one. */
  end(response?: string): readonly SpokenItem[] {
    const ended = [...this.#items].filter(([, item]) => response === undefined || item.response === response);
    for (const [id] of ended) this.#items.delete(id);
    return ended.map(([, item]) => item).filter(({ text, samples }) => text !== '' || samples > 0);
  }
}
