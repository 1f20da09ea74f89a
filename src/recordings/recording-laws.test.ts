/**
 * Laws of the format: whatever can cross a connection survives being written and read, and what was read is written as
 * the same bytes again.
 */
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { anyText, session, side } from '../../test/support/recording-arbitraries.js';
import type { DraftEntry, DraftPart, RecordedEntry } from './entries.js';
import { draftText, splitMessage } from './message-parts.js';
import { MemoryParts } from './parts.js';
import { Recording } from './recording.js';
import { RecordingWriter } from './recording-writer.js';

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
