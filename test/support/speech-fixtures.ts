/**
 * The voices of test/fixtures/speech with what is known about them, and what a detector finds in a sound.
 */
import { readFileSync } from 'node:fs';
import { createVoiceDetector } from '../../src/media/voice-activity.js';
import { readWav } from '../../src/media/wav.js';

const FOLDER = new URL('../fixtures/speech/', import.meta.url);

/** One utterance at 16 kHz; positions in samples. */
export interface Voice {
  readonly name: string;
  readonly kind: 'real' | 'synthetic';
  readonly samples: Int16Array;
  readonly startSample: number;
  readonly endSample: number;
}

interface TruthRow {
  readonly kind: 'real' | 'synthetic';
  readonly startMs: number;
  readonly endMs: number;
}

/** Every fixture, in the order of truth.json. */
export function voices(): readonly Voice[] {
  const truth = JSON.parse(readFileSync(new URL('truth.json', FOLDER), 'utf8')) as Record<string, TruthRow>;
  return Object.entries(truth).map(([file, { kind, startMs, endMs }]) => ({
    name: file.replace('.wav', ''),
    kind,
    samples: readWav(new Uint8Array(readFileSync(new URL(file, FOLDER)))).samples,
    startSample: startMs * 16,
    endSample: endMs * 16,
  }));
}

/** A detected stretch; `endMs` is undefined while it is open. */
export interface Segment {
  readonly startMs: number;
  readonly endMs: number | undefined;
  readonly detectedMs: number;
}

/** What a fresh detector finds in a sound that is pushed at once. */
export function segmentsOf(
  samples: Int16Array,
  options: { threshold?: number; silenceDurationMs?: number; sampleRateHz?: number } = {},
): readonly Segment[] {
  const sampleRateHz = options.sampleRateHz ?? 16_000;
  const detector = createVoiceDetector({
    sampleRateHz,
    threshold: options.threshold ?? 0.5,
    prefixPaddingMs: 300,
    silenceDurationMs: options.silenceDurationMs ?? 800,
  });
  const toMs = (sample: number): number => (sample * 1000) / sampleRateHz;
  const segments: Segment[] = [];
  for (const transition of detector.push(samples)) {
    if (transition.kind === 'started') {
      segments.push({
        startMs: toMs(transition.startSample),
        endMs: undefined,
        detectedMs: toMs(transition.detectedAtSample),
      });
    } else {
      const open = segments.pop();
      if (open === undefined || open.endMs !== undefined) throw new Error('stopped without started');
      segments.push({ ...open, endMs: toMs(transition.endSample) });
    }
  }
  return segments;
}
