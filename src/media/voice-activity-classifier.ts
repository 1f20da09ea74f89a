/**
 * Decides frame by frame whether a stream of 10 ms frames speaks: excess over the noise floor, confirmed by
 * falling levels in its bands, with a back-dated start. It must never depend on anything but the frames.
 */
import type { VoiceTransition } from './voice-activity.js';
import type { Decimator } from './voice-activity-decimator.js';
import { FrameHistory } from './voice-activity-history.js';
import { VoiceMeter } from './voice-activity-meter.js';

/** What a threshold asks of a sound: mean excess over the floor in hundredths of a decibel, loudness in hundredths of dBFS. */
const SENSITIVITY = [
  { threshold: -1, excess: 60, loudness: -8_500 },
  { threshold: 0, excess: 120, loudness: -7_000 },
  { threshold: 0.5, excess: 180, loudness: -6_500 },
  { threshold: 1, excess: 600, loudness: -4_500 },
] as const;

/** Frames in a row that a click (40 ms, seen through overlapping windows) cannot reach. */
const RUN_FRAMES = 10;
/** Mean fall of the bands from their highest level that a steady sound does not show. */
const FALL_CENTI_DB = 600;
/** Frames after an onset whose splatter says nothing about falls. */
const ONSET_FRAMES = 6;
/** Frames of silence that end a candidate; shorter gaps belong to it. */
const CANDIDATE_GAP_FRAMES = 20;
/** Once heard, a voice needs only half the excess. */
const WEAK_DIVISOR = 2;
/** A segment's end moves only close to the last voice, or with more voiced frames in a row than a click has. */
const EXTEND_RUN_FRAMES = 8;
const EXTEND_GAP_FRAMES = 10;
/** Sound so far below the loudest of its voice is background; between the two, voice only for a while beside louder voice. */
const SOFT_RANGE_CENTI_DB = 3_200;
const LOUD_RANGE_CENTI_DB = 2_200;
/** Frames of soft sound after louder voice that still belong to it. */
const SOFT_TAIL_FRAMES = 20;
/** How the memory of the loudest sound fades: 2 dB per second. */
const PEAK_FADE_PER_FRAME = 2;
/** After so many steady frames a sound that began within the segment was not voice, from where it became steady. */
const STEADY_RUN_FRAMES = 60;
/** Frames between the first sample that counts in a frame and the frame's number. */
const START_LAG_FRAMES = 2;
const END_LAG_FRAMES = 1;

/** Below every loudness. */
const QUIETEST = -100_000;

/** The state machine: silence, candidate, speaking. */
export class VoiceClassifier {
  speaking = false;
  /** Samples per 10 ms frame. */
  readonly frameSamples: number;
  readonly #meter: VoiceMeter;
  readonly #history = new FrameHistory();
  #excess = 0;
  #loudness = 0;
  #silenceSamples = 0;
  #frame = 0;
  #candidateFrame = 0;
  #run = 0;
  #weakRun = 0;
  #longestRun = 0;
  #lastVoicedFrame = 0;
  #lastLoudFrame = 0;
  #peak = QUIETEST;
  #earliestSample = 0;

  constructor(decimator: Decimator, threshold: number, silenceDurationMs: number) {
    this.frameSamples = decimator.frameSamples;
    this.#meter = new VoiceMeter(decimator);
    this.configure(threshold, silenceDurationMs);
  }

  /** Takes over settings; floor, candidate and segment stay. */
  configure(threshold: number, silenceDurationMs: number): void {
    this.#excess = interpolate(threshold, 'excess');
    this.#loudness = interpolate(threshold, 'loudness');
    this.#silenceSamples = Math.ceil(silenceDurationMs / 10) * this.frameSamples;
  }

  /** Forgets segment and candidate; nothing before this position is reported any more. */
  clear(positionSamples: number): void {
    this.speaking = false;
    this.#earliestSample = positionSamples;
    this.#dropCandidate();
  }

  /** Takes one frame; returns the transition decided at its end, if any. */
  pushFrame(samples: Int16Array): VoiceTransition | undefined {
    const meter = this.#meter;
    meter.pushFrame(samples);
    this.#frame++;
    const audible = meter.loudness >= this.#loudness && meter.loudness >= this.#peak - SOFT_RANGE_CENTI_DB;
    const strong = audible && meter.shortExcess > this.#excess;
    const weak = strong || (audible && meter.longExcess * WEAK_DIVISOR > this.#excess);
    this.#history.note(this.#frame, meter.loudness, weak);
    this.#run = strong ? this.#run + 1 : 0;
    this.#weakRun = weak ? this.#weakRun + 1 : 0;
    if (strong)
      this.#peak = Math.max(this.#peak - PEAK_FADE_PER_FRAME, this.#history.sustainedLoudness(this.#frame));
    if (strong || weak) {
      if (meter.loudness >= this.#peak - LOUD_RANGE_CENTI_DB) this.#lastLoudFrame = this.#frame;
    }
    return this.speaking ? this.#whileSpeaking(weak) : this.#whileSilent(strong);
  }

  #whileSilent(strong: boolean): VoiceTransition | undefined {
    if (this.#candidateFrame === 0) {
      if (!strong) return undefined;
      this.#candidateFrame = this.#frame;
      this.#meter.startFalls();
    }
    if (strong) {
      this.#lastVoicedFrame = this.#frame;
      this.#longestRun = Math.max(this.#longestRun, this.#run);
    }
    if (this.#meter.steadyFrames > 0 || this.#frame - this.#lastVoicedFrame > CANDIDATE_GAP_FRAMES) {
      this.#dropCandidate();
      return undefined;
    }
    if (this.#frame - this.#candidateFrame < ONSET_FRAMES) return undefined;
    const fall = this.#meter.measureFall();
    if (this.#longestRun < RUN_FRAMES || fall < FALL_CENTI_DB) return undefined;
    this.speaking = true;
    const detectedAtSample = this.#frame * this.frameSamples;
    return { kind: 'started', detectedAtSample, startSample: this.#startSample() };
  }

  #startSample(): number {
    const earliestFrame = Math.floor(this.#earliestSample / this.frameSamples) + 1;
    const loud = this.#peak - LOUD_RANGE_CENTI_DB;
    const soft = this.#peak - SOFT_RANGE_CENTI_DB;
    const frame = this.#history.startBefore(this.#lastLoudFrame, earliestFrame, loud, soft);
    return Math.max(this.#earliestSample, (frame - START_LAG_FRAMES) * this.frameSamples);
  }

  #dropCandidate(): void {
    this.#candidateFrame = 0;
    this.#longestRun = 0;
    this.#run = 0;
    this.#weakRun = 0;
    this.#peak = QUIETEST;
  }

  #whileSpeaking(weak: boolean): VoiceTransition | undefined {
    const gap = this.#frame - this.#lastVoicedFrame;
    const steadyFrames = this.#meter.steadyFrames;
    if (steadyFrames >= STEADY_RUN_FRAMES) {
      this.#lastVoicedFrame = Math.min(this.#lastVoicedFrame, this.#frame - steadyFrames);
    }
    const soft = this.#frame - this.#lastLoudFrame > SOFT_TAIL_FRAMES;
    if (weak && !soft && (gap <= EXTEND_GAP_FRAMES || this.#weakRun >= EXTEND_RUN_FRAMES)) {
      this.#lastVoicedFrame = this.#frame;
      return undefined;
    }
    const endSample = Math.max(
      this.#earliestSample,
      (this.#lastVoicedFrame - END_LAG_FRAMES) * this.frameSamples,
    );
    const detectedAtSample = this.#frame * this.frameSamples;
    if (detectedAtSample - endSample < this.#silenceSamples) return undefined;
    this.speaking = false;
    this.#dropCandidate();
    this.#earliestSample = endSample;
    return { kind: 'stopped', detectedAtSample, endSample };
  }
}

/** Linear between the rows of the table; outside it the nearest row. */
function interpolate(threshold: number, key: 'excess' | 'loudness'): number {
  let low: (typeof SENSITIVITY)[number] = SENSITIVITY[0];
  for (const high of SENSITIVITY) {
    if (threshold <= high.threshold) {
      const span = high.threshold - low.threshold;
      if (span <= 0) return high[key];
      return Math.round(low[key] + ((high[key] - low[key]) * (threshold - low.threshold)) / span);
    }
    low = high;
  }
  return low[key];
}
