/**
 * Finds speech in a stream of samples for server-side turn detection (§5.3 of the protocol reference). It must
 * never look at arrival time or at how the stream was cut, and decides in integers only.
 */
import { SoundstageError } from '../protocol/soundstage-error.js';
import { VoiceClassifier } from './voice-activity-classifier.js';
import { createDecimator, DETECTOR_RATES_HZ } from './voice-activity-decimator.js';

/** Settings of a voice detector (`turn_detection` of §3.1). */
export interface VoiceActivityOptions {
  /** Rate of the samples in Hz: 8000, 16000, 24000 or 48000. */
  sampleRateHz: number;
  /** From -1 (more is taken for speech) to 1 (less). */
  threshold: number;
  /** Milliseconds the reported start of a turn lies before `startSample`; carried for the caller, not applied here. */
  prefixPaddingMs: number;
  /** Milliseconds without voice that end a segment. */
  silenceDurationMs: number;
}

/** A change between silence and speech. Positions count samples from the first ever pushed. */
export type VoiceTransition =
  | {
      kind: 'started';
      /** End of the frame (10 ms grid) in which the decision fell. */
      detectedAtSample: number;
      /** Back-dated start of the voice, before padding; at least 0. */
      startSample: number;
    }
  | {
      kind: 'stopped';
      /** End of the frame in which the silence was long enough. */
      detectedAtSample: number;
      /** End of the last voiced audio. */
      endSample: number;
    };

/** Detects the turns of one audio stream. */
export interface VoiceDetector {
  /**
   * Feeds samples.
   * @returns The transitions whose frame these samples complete, in order of position.
   */
  push(samples: Int16Array): readonly VoiceTransition[];
  /**
   * Changes threshold, padding or silence without losing the noise floor or an open segment.
   * @throws SoundstageError `E_VOICE_RATE` when the rate changes after samples were pushed.
   */
  configure(options: Partial<VoiceActivityOptions>): void;
  /** Forgets an open segment (the buffer was cleared) but keeps the position and the noise floor. */
  clear(): void;
  /** Samples consumed since creation. */
  readonly positionSamples: number;
  /** True between a `started` and its `stopped`. */
  readonly speaking: boolean;
}

const NO_TRANSITIONS: readonly VoiceTransition[] = [];

class FramedVoiceDetector implements VoiceDetector {
  positionSamples = 0;
  #options: VoiceActivityOptions;
  #classifier: VoiceClassifier;
  #frame: Int16Array;
  #filled = 0;

  constructor(options: VoiceActivityOptions) {
    this.#options = options;
    this.#classifier = classifierFor(options);
    this.#frame = new Int16Array(this.#classifier.frameSamples);
  }

  get speaking(): boolean {
    return this.#classifier.speaking;
  }

  push(samples: Int16Array): readonly VoiceTransition[] {
    let transitions: VoiceTransition[] | undefined;
    const frame = this.#frame;
    let taken = 0;
    while (taken < samples.length) {
      const count = Math.min(samples.length - taken, frame.length - this.#filled);
      for (let index = 0; index < count; index++)
        frame[this.#filled + index] = samples[taken + index] as number;
      taken += count;
      this.#filled += count;
      this.positionSamples += count;
      if (this.#filled < frame.length) break;
      this.#filled = 0;
      const transition = this.#classifier.pushFrame(frame);
      if (transition !== undefined) {
        transitions ??= [];
        transitions.push(transition);
      }
    }
    return transitions ?? NO_TRANSITIONS;
  }

  configure(options: Partial<VoiceActivityOptions>): void {
    const next = { ...this.#options, ...options };
    if (next.sampleRateHz !== this.#options.sampleRateHz) {
      if (this.positionSamples > 0) {
        throw new SoundstageError(
          'E_VOICE_RATE',
          'voice detector keeps its rate: samples were pushed at the old one. Try a new detector.',
        );
      }
      this.#classifier = classifierFor(next);
      this.#frame = new Int16Array(this.#classifier.frameSamples);
    }
    this.#options = next;
    this.#classifier.configure(next.threshold, next.silenceDurationMs);
  }

  clear(): void {
    this.#classifier.clear(this.positionSamples);
  }
}

function classifierFor(options: VoiceActivityOptions): VoiceClassifier {
  const decimator = createDecimator(options.sampleRateHz);
  if (decimator === undefined) {
    throw new SoundstageError(
      'E_VOICE_RATE',
      `voice detector not made: ${options.sampleRateHz} Hz is not a rate it takes. Try one of ${DETECTOR_RATES_HZ.join(', ')}.`,
    );
  }
  return new VoiceClassifier(decimator, options.threshold, options.silenceDurationMs);
}

/**
 * Makes a detector at position 0 that has heard nothing.
 * @throws SoundstageError `E_VOICE_RATE` when `sampleRateHz` is not 8000, 16000, 24000 or 48000.
 */
export function createVoiceDetector(options: VoiceActivityOptions): VoiceDetector {
  return new FramedVoiceDetector({ ...options });
}
