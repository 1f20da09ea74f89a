/**
 * Laws of the format: whatever can cross a connection survives being written and read, and what was read is written as
 * the same bytes again.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { encodeBase64 } from '../media/index.js';
import type { DraftEntry, DraftPart, RecordedEntry } from './entries.js';
import { draftText, splitMessage } from './message-parts.js';
import { MemoryParts } from './parts.js';
import { Recording } from './recording.js';
import { RecordingWriter } from './recording-writer.js';

const side = fc.constantFrom('client' as const, 'server' as const);
const bytes = fc.uint8Array({ maxLength: 60 });
const header = fc.tuple(fc.string(), fc.string({ unit: 'binary' }));
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  // Broken in every way a serialiser or a fault can break it.
  fc
    .tuple(bytes, fc.constantFrom('', '=', '!', '\\/'))
    .map(([audio, spoilt]) =>
      JSON.stringify({ type: 'input_audio_buffer.append', audio: encodeBase64(audio) + spoilt }),
    ),
  bytes.map(
    (audio) => `{"delta" : "${encodeBase64(audio)}",\n"type": "response.audio.delta" , "x":{"delta":"AAAA"}}`,
  ),
  bytes.map((image) =>
    JSON.stringify({
      type: 'input_image_buffer.append',
      image: encodeBase64(Uint8Array.of(0xff, 0xd8, ...image)),
    }),
  ),
  bytes.map((audio) => `{"type":"response.audio.delta","delta":"${encodeBase64(audio)}","delta":"AAAA"}`),
  bytes.map((audio) => `{"type":"response.audio.delta","delta":"${encodeBase64(audio)}"`),
);

const entry: fc.Arbitrary<DraftEntry> = fc
  .record({ afterMs: fc.nat(10_000), from: side })
  .chain(({ afterMs, from }) => {
    const base = { atMs: afterMs, from };
    const payloadKind = fc.constantFrom('binary', 'invalid-text', 'ping', 'pong', 'bytes');
    return fc.oneof(
      anyText.map(
        (text): DraftEntry => ({
          ...base,
          kind: 'text',
          parts: splitMessage(text, { side: from, isPcm: true }),
        }),
      ),
      fc
        .tuple(fc.string(), fc.array(fc.nat(100), { minLength: 2, maxLength: 4 }))
        .map(([text, frames]): DraftEntry => ({ ...base, kind: 'text', parts: [text], frames })),
      fc
        .record({ kind: payloadKind, payload: bytes })
        .map((rest): DraftEntry => ({ ...base, ...rest }) as DraftEntry),
      fc
        .record({ code: fc.integer({ min: 0, max: 65_535 }), reason: fc.string({ maxLength: 300 }) })
        .map((rest): DraftEntry => ({ ...base, kind: 'close', ...rest })),
      fc.constant<DraftEntry>({ ...base, kind: 'close', code: undefined, reason: '' }),
      fc
        .constantFrom('fin' as const, 'reset' as const)
        .map((how): DraftEntry => ({ ...base, kind: 'end', how })),
      fc
        .record({ method: fc.string(), target: fc.string(), headers: fc.array(header, { maxLength: 3 }) })
        .map((rest): DraftEntry => ({ ...base, kind: 'upgrade', ...rest })),
      fc
        .record({
          status: fc.integer({ min: 100, max: 999 }),
          reason: fc.string(),
          headers: fc.array(header, { maxLength: 3 }),
          body: bytes,
        })
        .map((rest): DraftEntry => ({ ...base, kind: 'answer', ...rest })),
      fc
        .record({ what: fc.string(), rule: fc.string(), sizeBytes: fc.nat() })
        .map((rest): DraftEntry => ({ ...base, kind: 'withheld', ...rest })),
    );
  });

/** Entries with times that go on. */
const session = fc.array(entry, { maxLength: 12 }).map((entries) => {
  let atMs = 0;
  return entries.map((one): DraftEntry => {
    atMs += one.atMs;
    return { ...one, atMs };
  });
});

const HEADER = {
  provenance: { kind: 'simulated', by: 'a test' },
  recordedBy: 'a test',
  model: 'qwen3.5-omni-flash-realtime',
} as const;

function written(entries: readonly DraftEntry[]): MemoryParts {
  const sink = new MemoryParts('memory');
  const writer = new RecordingWriter({ sink, header: HEADER });
  for (const one of entries) writer.write(one);
  writer.finish();
  return sink;
}

/** An entry with its media as bytes again. */
function asDraft(recording: Recording, one: RecordedEntry): DraftEntry {
  if (one.kind !== 'text') return one;
  const parts = one.parts.map((part): DraftPart => {
    if (typeof part === 'string') return part;
    return { kind: 'media', media: part.kind, bytes: recording.bytesOf(part) };
  });
  return { ...one, parts };
}

describe('any session', () => {
  test.prop([session])('reads as it was written', (entries) => {
    const recording = new Recording(written(entries));
    const read = [...recording.entries()].map((one) => asDraft(recording, one));
    expect(read).toEqual(entries);
  });

  test.prop([session])('is written as the same bytes when it is written again', (entries) => {
    const first = written(entries);
    const recording = new Recording(first);
    const second = written([...recording.entries()].map((one) => asDraft(recording, one)));
    expect(second.toObject()).toEqual(first.toObject());
  });

  test.prop([session])('hashes to the same transcript while it is written and when it is read', (entries) => {
    const recording = new Recording(written(entries));
    expect(recording.transcriptHash()).toBe(recording.manifest.transcriptSha256);
  });

  test.prop([anyText, side])('keeps the text of every message exactly', (text, from) => {
    expect(draftText(splitMessage(text, { side: from, isPcm: true }))).toBe(text);
  });
});

describe('a recorder that was killed', () => {
  test.prop([session, fc.nat()])('leaves what can be read up to the last whole line', (entries, cut) => {
    const sink = new MemoryParts('memory');
    const writer = new RecordingWriter({ sink, header: HEADER });
    for (const one of entries) writer.write(one);
    const parts = sink.toObject();
    const events = parts['events.jsonl'] ?? new Uint8Array(0);
    const left = events.subarray(0, cut % (events.length + 1));
    const wholeLines = left.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0);
    const recording = new Recording(new MemoryParts('memory', { ...parts, 'events.jsonl': left }));
    const read = [...recording.entries()].map((one) => asDraft(recording, one));
    expect(recording.manifest.complete).toBe(false);
    expect([wholeLines, wholeLines + 1]).toContain(read.length);
    expect(read).toEqual(entries.slice(0, read.length));
  });
});
