/**
 * Whatever can cross a connection, for the laws of recordings: messages of every serialiser, right and broken, frames,
 * ends. Must never be limited to what the service says.
 */
import { fc } from '@fast-check/vitest';
import { encodeBase64 } from '../../src/media/index.js';
import { type DraftEntry, splitMessage } from '../../src/recordings/index.js';

export const side = fc.constantFrom('client' as const, 'server' as const);
const bytes = fc.uint8Array({ maxLength: 60 });
const header = fc.tuple(fc.string(), fc.string({ unit: 'binary' }));
export const anyText = fc.oneof(
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
export const session = fc.array(entry, { maxLength: 12 }).map((entries) => {
  let atMs = 0;
  return entries.map((one): DraftEntry => {
    atMs += one.atMs;
    return { ...one, atMs };
  });
});
