/**
 * Audio from the client: counted, and in VAD mode listened to (§3.2, §4.5, §5.3, §5.5). Works on sample
 * positions only, so that the cut into appends changes nothing.
 */
import {
  createVoiceDetector,
  decodeBase64,
  pcm16FromBytes,
  samplesToMs,
  type VoiceTransition,
} from '../../media/index.js';
import { refuse } from '../../protocol/index.js';
import { LIMITS } from '../../protocol/limits.js';
import { advanceAudio, settleIfJumping } from './clock.js';
import { emitRefusal } from './emit.js';
import { touch } from './patience.js';
import type { SessionState } from './state.js';
import { emptyBuffer } from './turns.js';
import { onSpeechStarted, onSpeechStopped, onTranscriptMark } from './voice-turns.js';

/** Bytes of one PCM16 sample of one channel. */
const SAMPLE_BYTES = 2;

/** Takes one `input_audio_buffer.append`. */
export function appendAudio(state: SessionState, audio: string, clientEventId: string | undefined): void {
  if (audio.length > LIMITS.appendAudioChars) {
    emitRefusal(state, refuse('append-too-long'), clientEventId);
    return;
  }
  const bytes = decodeBase64(audio);
  if (bytes === undefined) {
    emitRefusal(state, refuse('invalid-base64', { name: 'audio' }), clientEventId);
    return;
  }
  if (bytes.length === 0) return;
  state.inputStarted = true;
  state.input.sizeBytes += bytes.length;
  const whole = joinDangling(state, bytes);
  // Counted from the buffer, not from the append: a frame of several channels may be cut as well.
  const frameBytes = SAMPLE_BYTES * state.settings.input.channels;
  const samples = Math.floor(state.input.sizeBytes / frameBytes) - state.input.samples;
  state.input.samples += samples;
  state.input.totalSamples += samples;
  if (state.options.clock !== 'paced') touch(state, samplesToMs(samples, state.settings.input.sampleRateHz));
  if (state.settings.turnDetection === null || !isInterpreted(state))
    advanceAudio(state, state.input.totalSamples);
  else listen(state, pcm16FromBytes(whole));
}

/** Empties the buffer and forgets an unfinished utterance without a word (§3.4). */
export function clearInput(state: SessionState): void {
  emptyBuffer(state);
  forgetUtterance(state);
}

/** Drops an unfinished utterance; what was heard so far counts as silence. */
export function forgetUtterance(state: SessionState): void {
  state.input.utterance = undefined;
  state.input.detector?.clear();
}

/** Brings the detector in line with the settings after a `session.update`. */
export function configureDetector(state: SessionState): void {
  const { turnDetection } = state.settings;
  if (turnDetection === null) {
    state.input.utterance = undefined;
    state.input.detector = undefined;
    return;
  }
  state.input.detector?.configure({
    threshold: turnDetection.threshold,
    prefixPaddingMs: turnDetection.prefix_padding_ms,
    silenceDurationMs: turnDetection.silence_duration_ms,
  });
}

/** Multichannel and WAV input is counted, not listened to (§11.13). */
function isInterpreted(state: SessionState): boolean {
  return state.settings.input.container === 'pcm' && state.settings.input.channels === 1;
}

/** Puts a dangling byte in front and keeps a new one back, so that only whole samples go on (§11.7). */
function joinDangling(state: SessionState, bytes: Uint8Array): Uint8Array {
  const { danglingByte } = state.input;
  const odd = (bytes.length + (danglingByte === undefined ? 0 : 1)) % SAMPLE_BYTES === 1;
  const kept = odd ? bytes.subarray(0, bytes.length - 1) : bytes;
  state.input.danglingByte = odd ? bytes[bytes.length - 1] : undefined;
  if (danglingByte === undefined) return kept;
  const joined = new Uint8Array(kept.length + 1);
  joined[0] = danglingByte;
  joined.set(kept, 1);
  return joined;
}

function listen(state: SessionState, samples: Int16Array): void {
  const { input, settings } = state;
  if (settings.turnDetection === null) return;
  input.detector ??= openDetector(state, samples.length);
  const transitions = input.detector.push(samples);
  for (const transition of transitions) takeTransition(state, transition);
  sendMarksUpTo(
    state,
    frameFloor(
      input.detectorOrigin + input.detector.positionSamples,
      input.detectorOrigin,
      settings.input.sampleRateHz,
    ),
  );
  advanceAudio(state, input.totalSamples);
}

function openDetector(state: SessionState, newSamples: number) {
  const { turnDetection, input } = state.settings;
  state.input.detectorOrigin = state.input.totalSamples - newSamples;
  return createVoiceDetector({
    sampleRateHz: input.sampleRateHz,
    threshold: turnDetection?.threshold ?? 0,
    prefixPaddingMs: turnDetection?.prefix_padding_ms ?? 0,
    silenceDurationMs: turnDetection?.silence_duration_ms ?? 0,
  });
}

function takeTransition(state: SessionState, transition: VoiceTransition): void {
  if (state.phase !== 'open') return;
  const position = state.input.detectorOrigin + transition.detectedAtSample;
  sendMarksUpTo(state, position);
  advanceAudio(state, position);
  if (transition.kind === 'started') {
    onSpeechStarted(state, state.input.detectorOrigin + transition.startSample, position);
  } else {
    onSpeechStopped(state, state.input.detectorOrigin + transition.endSample, position);
  }
  settleIfJumping(state);
}

/** Sends the transcription previews whose place in the audio has been passed. */
function sendMarksUpTo(state: SessionState, position: number): void {
  for (;;) {
    const utterance = state.input.utterance;
    if (utterance === undefined || utterance.nextDeltaSample > position || state.phase !== 'open') return;
    advanceAudio(state, utterance.nextDeltaSample);
    onTranscriptMark(state, utterance);
  }
}

/** The last position on the detector's grid of 10 ms frames: what lies beyond it has not been judged. */
function frameFloor(position: number, origin: number, sampleRateHz: number): number {
  const frameSamples = Math.floor(sampleRateHz / 100);
  return origin + Math.floor((position - origin) / frameSamples) * frameSamples;
}
