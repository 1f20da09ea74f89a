/**
 * When the client may say its next message: once the live server has said what the recorded one had said before it.
 * Must never wait twice for an event that did not come.
 */
import { LIMITS } from '../../protocol/limits.js';
import type { LiveSession } from './live-session.js';
import { isDelta, type SeenEvents } from './seen-events.js';

export class EventWaits {
  readonly #recorded: SeenEvents;
  readonly #live: LiveSession;
  readonly #patienceMs: number;
  readonly #slackSamples: number;
  /** How many events of each type must have come. */
  readonly #required = new Map<string, number>();
  /** How many of them did not come in time. */
  readonly #givenUp = new Map<string, number>();
  /** Recorded events that count towards `#required`. */
  #index = 0;
  #samples = 0;
  /** How many events had been recorded at each place in the client's audio, oldest first. */
  readonly #marks: { readonly samples: number; readonly index: number }[] = [];

  constructor(
    recorded: SeenEvents,
    live: LiveSession,
    { patienceMs, rateHz }: { readonly patienceMs: number; readonly rateHz: number },
  ) {
    this.#recorded = recorded;
    this.#live = live;
    this.#patienceMs = patienceMs;
    this.#slackSamples = (LIMITS.driftAudioSlackMs * rateHz) / 1000;
  }

  /** Waits for everything that was recorded before now. */
  async forAll(): Promise<void> {
    await this.#wait(this.#recorded.events.length);
  }

  /**
   * Waits before the client's next audio for what was recorded a second of audio ago: a server that hears the end of
   * speech a little later than the recorded one needs that audio to hear it.
   */
  async forAudio(lengthSamples: number): Promise<void> {
    this.#samples += lengthSamples;
    this.#marks.push({ samples: this.#samples, index: this.#recorded.events.length });
    let index = 0;
    while ((this.#marks[0]?.samples ?? Number.POSITIVE_INFINITY) <= this.#samples - this.#slackSamples)
      index = this.#marks.shift()?.index ?? 0;
    await this.#wait(index);
  }

  /** Waits for the end of the connection. */
  async forEnd(): Promise<void> {
    await this.#live.until(() => this.#live.isClosed, this.#patienceMs);
  }

  async #wait(index: number): Promise<void> {
    for (; this.#index < index; this.#index += 1) {
      const type = this.#recorded.events[this.#index]?.type ?? '';
      if (!isDelta(type)) this.#required.set(type, (this.#required.get(type) ?? 0) + 1);
    }
    if (await this.#live.until(() => this.#missing().length === 0, this.#patienceMs)) return;
    for (const { type, count } of this.#missing())
      this.#givenUp.set(type, (this.#givenUp.get(type) ?? 0) + count);
  }

  #missing(): { type: string; count: number }[] {
    const missing: { type: string; count: number }[] = [];
    for (const [type, required] of this.#required) {
      const count = required - (this.#givenUp.get(type) ?? 0) - this.#live.seen.count(type);
      if (count > 0) missing.push({ type, count });
    }
    return missing;
  }
}
