/**
 * What must never reach the disk: the connection's own credentials and the named patterns, wherever and however they are
 * written. Everything that was written is searched.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from '../src/media/index.js';
import { DirectorySink, openRecording } from '../src/recordings/files/index.js';
import {
  createRedactor,
  type DraftEntry,
  draftText,
  RecordingWriter,
  type RedactionRules,
  splitMessage,
} from '../src/recordings/index.js';

const folder = mkdtempSync(join(tmpdir(), 'soundstage-redaction-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const SECRET = 'tok/En+4711=Zebra"Kiwi';
const HEADERS = [
  ['Host', 'example.org'],
  ['Authorization', `Bearer ${SECRET}`],
] as const;

const upgrade: DraftEntry = {
  kind: 'upgrade',
  atMs: 0,
  from: 'client',
  method: 'GET',
  target: '/api-ws/v1/realtime?model=m',
  headers: HEADERS,
};

function say(from: 'client' | 'server', text: string): DraftEntry {
  return { kind: 'text', atMs: 1, from, parts: splitMessage(text, { side: from, isPcm: true }) };
}

/** Records entries and gives every byte that was written, and the recording. */
function written(entries: readonly DraftEntry[], rules?: RedactionRules) {
  count += 1;
  const path = join(folder, `${count}.rec`);
  const redactor = createRedactor({ rules });
  const writer = new RecordingWriter({
    sink: new DirectorySink(path),
    header: { provenance: { kind: 'undeclared' }, recordedBy: 'a test', model: null },
  });
  for (const entry of entries) writer.writeAll(redactor.push(entry));
  writer.writeAll(redactor.flush());
  writer.finish({ redactions: redactor.summary });
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile());
  const bytes = files.map((file) => `${file}\n${readFileSync(file, 'latin1')}`).join('\n');
  return { bytes, recording: openRecording(path) };
}

/** Whether a secret can be read out of a text in one of its usual forms. */
function holds(text: string, secret: string): boolean {
  const unescaped = text
    .replaceAll(/\\+(["/])/g, '$1')
    .replaceAll(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const decoded = unescaped.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const inBase64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + secret).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  const forms = [
    secret,
    ...inBase64,
    ...inBase64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [text, unescaped, decoded].some((shown) =>
    forms.some((form) => shown.toLowerCase().includes(form.toLowerCase())),
  );
}

const FORMS: readonly (readonly [string, string])[] = [
  ['plain', SECRET],
  ['in capitals', SECRET.toUpperCase()],
  ['URL-escaped', encodeURIComponent(SECRET)],
  ['URL-escaped to the last character', [...SECRET].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
  ['as base64', Buffer.from(SECRET).toString('base64')],
  ['as base64 one off', Buffer.from(`x${SECRET}y`).toString('base64')],
  ['as base64 two off', Buffer.from(`xy${SECRET}`).toString('base64')],
  ['as URL-safe base64', Buffer.from(`user:${SECRET}`).toString('base64url')],
  ['escaped by \\u', [...SECRET].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
];

describe('the credential of a connection', () => {
  it.each(FORMS)('%s, is in nothing that is written', (_name, form) => {
    const quoted = JSON.stringify(form).slice(1, -1);
    const raw = form.includes('\\u') ? form : quoted;
    const { bytes } = written([
      { ...upgrade, target: `/x?model=m&note=${encodeURIComponent(form)}` },
      {
        kind: 'answer',
        atMs: 1,
        from: 'server',
        status: 401,
        reason: 'Unauthorized',
        headers: [['X-Request-Id', form.replaceAll('"', '')]],
        body: new TextEncoder().encode(`{"message":"bad ${raw}"}`),
      },
      say('client', `{"type":"session.update","session":{"instructions":"use ${raw} now"}}`),
      say('server', `{"type":"error","error":{"message":"Key ${raw} is no good"}}`),
      say('server', JSON.stringify({ type: 'x', inner: JSON.stringify({ deep: form }) })),
      { kind: 'ping', atMs: 2, from: 'server', payload: new TextEncoder().encode(form) },
      { kind: 'close', atMs: 3, from: 'server', code: 1007, reason: `bad ${form}` },
    ]);
    expect(holds(bytes, SECRET)).toBe(false);
    expect(bytes).toContain('[redacted:credential-1]');
  });

  it('is not in what a WAV file or an image would hold', () => {
    const image = encodeBase64(new TextEncoder().encode(`\u00ff${SECRET}`).with(0, 0xff).with(1, 0xd8));
    const { bytes, recording } = written([
      upgrade,
      say('client', JSON.stringify({ type: 'input_image_buffer.append', image })),
      say(
        'client',
        JSON.stringify({
          type: 'input_audio_buffer.append',
          audio: Buffer.from(`${SECRET}${SECRET}`).toString('base64'),
        }),
      ),
    ]);
    expect(holds(bytes, SECRET)).toBe(false);
    expect(recording.manifest.redactions.withheld).toBeGreaterThan(0);
  });

  const deltas = (pieces: readonly string[]): DraftEntry[] =>
    pieces.map((delta) =>
      say('server', JSON.stringify({ type: 'response.text.delta', response_id: 'r', item_id: 'i', delta })),
    );

  it('split over two deltas at every place, with sound between them', () => {
    const text = `so ${SECRET} it is`;
    for (let cut = 1; cut < text.length; cut += 1) {
      const audio = say(
        'server',
        JSON.stringify({ type: 'response.audio.delta', delta: encodeBase64(new Uint8Array(64)) }),
      );
      const [first, second] = deltas([text.slice(0, cut), text.slice(cut)]);
      if (first === undefined || second === undefined) throw new Error('two pieces');
      const { recording } = written([
        upgrade,
        first,
        audio,
        second,
        say('server', '{"type":"response.done"}'),
      ]);
      const joined = [...recording.entries()]
        .flatMap((entry) => (entry.kind === 'text' ? [recording.textOf(entry)] : []))
        .flatMap((message) => {
          const { type, delta } = JSON.parse(message) as { type: string; delta?: string };
          return type === 'response.text.delta' ? [delta ?? ''] : [];
        });
      expect(joined.join('')).toBe('so [redacted:credential-1] it is');
      expect(joined).toHaveLength(2);
    }
  });

  test.prop([fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 30 }), fc.nat()])(
    'cut into any pieces, stays out, and nothing changes its order',
    (noise, seed) => {
      const text = `${noise.join('')}${SECRET}${noise.join('')}`;
      const pieces: string[] = [];
      for (let at = 0, step = 1 + (seed % 5); at < text.length; at += step)
        pieces.push(text.slice(at, at + step));
      const { bytes, recording } = written([upgrade, ...deltas(pieces)]);
      expect(bytes.includes(SECRET)).toBe(false);
      const joined = [...recording.entries()]
        .flatMap((entry) =>
          entry.kind === 'text' ? [(JSON.parse(recording.textOf(entry)) as { delta: string }).delta] : [],
        )
        .join('');
      expect(holds(joined, SECRET)).toBe(false);
    },
  );
});

it('a text too long to be searched is not written at all', () => {
  const { bytes, recording } = written([upgrade, say('client', `${'x'.repeat(600_000)}${SECRET}`)]);
  expect(holds(bytes, SECRET)).toBe(false);
  expect([...recording.entries()].at(-1)).toMatchObject({ kind: 'withheld', rule: 'too-long' });
});

describe('traffic without secrets', () => {
  test.prop([fc.array(fc.oneof(fc.json(), fc.lorem()), { maxLength: 10 })])(
    'is written as it came',
    (texts) => {
      const redactor = createRedactor();
      const drafts = texts.map((text) => say('client', text));
      const out = [...drafts.flatMap((draft) => redactor.push(draft)), ...redactor.flush()];
      fc.pre(redactor.summary.placeholders.length === 0 && redactor.summary.withheld === 0);
      expect(out.map((entry) => (entry.kind === 'text' ? draftText(entry.parts) : ''))).toEqual(texts);
    },
  );
});

describe('named patterns and rules', () => {
  it('finds a key that nobody sent as a credential', () => {
    const { bytes } = written([say('client', '{"instructions":"my key is sk-abcdefghijklmnopqrstuvwx"}')]);
    expect(bytes).not.toContain('abcdefghijklmnop');
    expect(bytes).toContain('[redacted:sk-key-1]');
  });

  it('takes out what a user names, by text, expression and place', () => {
    const rules: RedactionRules = {
      version: 1,
      rules: [
        { name: 'customer', text: 'Jane Doe' },
        { name: 'order', regexp: 'ORD-[0-9]{6}' },
        { name: 'prompt', path: 'session.instructions' },
      ],
    };
    const { bytes } = written(
      [say('client', '{"session":{"instructions":"top secret"},"text":"jane doe wants ORD-123456"}')],
      rules,
    );
    expect(bytes).not.toMatch(/jane doe|ORD-123456|top secret/i);
    expect(bytes).toMatch(/\[redacted:customer-1\] wants \[redacted:order-1\]/);
  });
});
