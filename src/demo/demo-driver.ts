/**
 * Drives the reference client through a demo session: remembers every event and waits for the next one that
 * matters. Must never wait for time to pass, only for what happens, and never for ever.
 */
import { AudioFormat, type OmniRealtimeConversation } from '../client/index.js';
import { concatPcm16 } from '../media/index.js';
import { LIMITS, type ServerEvent, type ServerEventType, SoundstageError } from '../protocol/index.js';

/** Samples of one 100 ms packet at 16 kHz. */
const PACKET_SAMPLES = AudioFormat.PCM_16000HZ_MONO_16BIT.sampleRateHz / 10;

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One conversation and what was heard of it. */
export class DemoDriver {
  readonly conversation: OmniRealtimeConversation;
  /** Every server event, oldest first. */
  readonly events: ServerEvent[] = [];
  readonly #spoken = new Map<string, Int16Array[]>();
  #waiter: Waiter | undefined;

  constructor(conversation: OmniRealtimeConversation) {
    this.conversation = conversation;
    conversation.on('event', (event) => {
      this.events.push(event);
      if (this.#waiter?.isDone() === true) this.#waiter.resolve();
    });
    conversation.on('audio', ({ samples, responseId = '' }) => {
      const parts = this.#spoken.get(responseId) ?? [];
      parts.push(samples);
      this.#spoken.set(responseId, parts);
    });
    conversation.on('close', (code, reason) => {
      this.#waiter?.reject(this.#failure(`the server closed with ${code} ${reason}`));
    });
  }

  /** The answers' samples in order, one entry per response that spoke. */
  get answers(): readonly Int16Array[] {
    return [...this.#spoken.values()].map((parts) => concatPcm16(parts));
  }

  /** Events of one type so far. */
  all(type: ServerEventType): readonly ServerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** Types of all events so far, in order. */
  get types(): readonly string[] {
    return this.events.map((event) => event.type);
  }

  /** Resolves when the n-th event of a type has come, from 1. @throws SoundstageError `E_DEMO_WAIT` */
  async until(type: ServerEventType, nth = 1): Promise<void> {
    const isDone = () => this.all(type).length >= nth;
    if (isDone()) return;
    let watchdog: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiter = { isDone, resolve, reject };
        watchdog = setTimeout(
          () => reject(this.#failure(`no ${type} (number ${nth}) came within ${LIMITS.demoWaitMs} ms`)),
          LIMITS.demoWaitMs,
        );
      });
    } finally {
      clearTimeout(watchdog);
      this.#waiter = undefined;
    }
  }

  /** Streams speech as a microphone would: in packets of 100 ms. */
  stream(samples: Int16Array): void {
    for (let start = 0; start < samples.length; start += PACKET_SAMPLES) {
      this.conversation.appendAudio(samples.subarray(start, start + PACKET_SAMPLES));
    }
  }

  #failure(why: string): SoundstageError {
    return new SoundstageError(
      'E_DEMO_WAIT',
      `The session did not go on: ${why}. Try the transcript above; the last event was ${this.types.at(-1) ?? 'none'}.`,
    );
  }
}
