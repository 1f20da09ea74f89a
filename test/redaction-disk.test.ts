/**
 * What the redaction promises, asked of the disk: secrets are planted wherever traffic can carry them, a recording is
 * written, and every byte of it is searched in every form.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { afterEach, describe, expect, test } from 'vitest';
import { DirectorySink, DirectorySource } from '../src/recordings/files/index.js';
import {
  createRedactor,
  type DraftEntry,
  type RecordedHeaders,
  Recording,
  RecordingWriter,
  type RedactorOptions,
  splitMessage,
} from '../src/recordings/index.js';

const SECRET = 'sk-Live/9+aB"c\\d=éΩ-0123456789';
const SIMPLE = 'Zq7-dashKEY_0042-abcdef';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes entries through the redaction; gives all that came to lie on disk. */
function record(entries: readonly DraftEntry[], options: RedactorOptions = {}) {
  const parent = mkdtempSync(join(tmpdir(), 'redaction-'));
  folders.push(parent);
  const redactor = createRedactor(options);
  const sink = new DirectorySink(join(parent, 'recording'));
  const provenance = { kind: 'simulated', by: 'a test' } as const;
  const writer = new RecordingWriter({ sink, header: { provenance, recordedBy: 'a test', model: null } });
  for (const entry of entries) writer.writeAll(redactor.push(entry));
  writer.writeAll(redactor.flush());
  writer.finish({ redactions: redactor.summary });
  const files = readdirSync(parent, { recursive: true, withFileTypes: true });
  const bytes = files.map((file) =>
    file.isFile() ? readFileSync(join(file.parentPath, file.name), 'latin1') : '',
  );
  const recording = new Recording(new DirectorySource(join(parent, 'recording')));
  const read = [...recording.entries()];
  return { disk: [...files.map(({ name }) => name), ...bytes], read, redactor };
}

/** Undoes one layer of whatever escapes there are, independently of how the redaction does it. */
function undone(text: string): string[] {
  const json = text.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_all, hex, letter) =>
    hex === undefined ? letter : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const url = Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('latin1');
  const runs = (text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).flatMap((run) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('latin1')),
  );
  return [...new Set([json, url, ...runs])].filter((one) => one !== text && one.length > 5);
}

function holds(text: string, secret: string, depth = 3): boolean {
  const folded = text.toLowerCase();
  const forms = [secret, Buffer.from(secret).toString('latin1')].map((form) => form.toLowerCase());
  if (forms.some((form) => folded.includes(form))) return true;
  return depth > 0 && undone(text).some((one) => holds(one, secret, depth - 1));
}

function expectNowhere(disk: readonly string[], secret: string): void {
  for (const text of disk) expect(holds(text, secret), text.slice(0, 3_000)).toBe(false);
  // Deltas joined: what a reader of the recording would put together.
  const joined = disk.flatMap((text) =>
    [...text.matchAll(/\\"delta\\":\\"((?:[^"\\]|\\\\.|\\\\\\")*)\\"/g)].map(([, value]) => value),
  );
  expect(holds(joined.join(''), secret)).toBe(false);
}

const upgrade = (headers: RecordedHeaders, target = '/api-ws/v1/realtime?model=m'): DraftEntry => ({
  atMs: 0,
  from: 'client',
  kind: 'upgrade',
  method: 'GET',
  target,
  headers,
});
const say = (from: 'client' | 'server', text: string, atMs = 1): DraftEntry => ({
  atMs,
  from,
  kind: 'text',
  parts: splitMessage(text, { side: from, isPcm: true }),
});
const textDelta = (delta: string, atMs = 1) =>
  say('server', JSON.stringify({ type: 'response.text.delta', response_id: 'r', item_id: 'i', delta }), atMs);

const everyChar = (text: string, form: (code: string) => string) =>
  Array.from({ length: text.length }, (_, index) => form(text.charAt(index))).join('');
const utf16 = (text: string) =>
  everyChar(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
const percent = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');

/** The forms of a secret that must be recognised. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  'upper case': (secret) => secret.toUpperCase(),
  'lower case': (secret) => secret.toLowerCase(),
  'URL-escaped': encodeURIComponent,
  'URL-escaped throughout': percent,
  'JSON-escaped': (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  'JSON-escaped throughout': utf16,
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)).slice(1, -1),
  'JSON-escaped throughout, in JSON': (secret) => utf16(secret).replaceAll('\\', '\\\\'),
  'URL-escaped JSON': (secret) => encodeURIComponent(utf16(secret)),
  'URL-escaped twice': (secret) => encodeURIComponent(percent(secret)),
  'base64 of it': (secret) => Buffer.from(secret).toString('base64'),
  'base64, one byte before': (secret) => Buffer.from(`:${secret}@x`).toString('base64'),
  'base64, two bytes before': (secret) => Buffer.from(`u:${secret}`).toString('base64url'),
  'base64, three bytes before': (secret) => Buffer.from(`usr${secret}!!`).toString('base64'),
  'base64 of upper case': (secret) => Buffer.from(secret.toUpperCase()).toString('base64'),
  'base64 of a JSON text': (secret) => Buffer.from(JSON.stringify({ k: secret })).toString('base64url'),
  'URL-escaped base64': (secret) => encodeURIComponent(Buffer.from(`a${secret}`).toString('base64')),
  'base64 of base64': (secret) =>
    Buffer.from(`x${Buffer.from(secret).toString('base64')}`).toString('base64'),
  'base64 behind a word': (secret) => `word_${Buffer.from(secret).toString('base64')}`,
};
const bearer = (secret: string) => upgrade([['Authorization', `Bearer ${secret}`]]);

describe.each(Object.entries(FORMS))('a credential, %s', (_name, form) => {
  test.each([SECRET, SIMPLE])('%s is found in every place of a session', (secret) => {
    const value = form(secret);
    const quoted = JSON.stringify(value);
    const payload = Buffer.from(`before ${value} after`);
    const { disk, read } = record([
      bearer(secret),
      {
        atMs: 1,
        from: 'server',
        kind: 'answer',
        status: 101,
        reason: `Hello ${value}`,
        headers: [
          ['server', value],
          [value, 'x'],
        ],
        body: payload,
      },
      say('client', `{"type":"session.update","session":{"instructions":${quoted},${quoted}:[1]}}`),
      say('server', `{"type":"error","error":{"message":${JSON.stringify(`bad key ${value}!`)}}}`),
      say('server', `no JSON ${value}`),
      say('client', `{"type":"input_audio_buffer.append","event_id":${quoted},"audio":"AAAA"}`),
      textDelta(value),
      { atMs: 2, from: 'client', kind: 'ping', payload },
      { atMs: 2, from: 'client', kind: 'binary', payload },
      { atMs: 2, from: 'server', kind: 'invalid-text', payload },
      { atMs: 2, from: 'server', kind: 'bytes', payload },
      { atMs: 3, from: 'server', kind: 'close', code: 1008, reason: `key ${value}` },
    ]);
    expect(read.map(({ kind }) => kind)).toEqual([
      ...['upgrade', 'answer', 'text', 'text', 'text', 'text', 'text'],
      ...['ping', 'binary', 'invalid-text', 'bytes', 'close'],
    ]);
    expectNowhere(disk, secret);
    for (const entry of read) {
      const [text] = entry.kind === 'text' ? entry.parts : [];
      if (
        typeof text === 'string' &&
        text.startsWith('{') &&
        entry.kind === 'text' &&
        entry.parts.length === 1
      )
        expect(() => JSON.parse(text)).not.toThrow();
    }
  });

  test('is found over deltas, wherever they are cut', () => {
    const value = form(SIMPLE);
    for (let cut = 0; cut <= value.length; cut += 1) {
      const { disk, read } = record([
        bearer(SIMPLE),
        textDelta(`Your key is ${value.slice(0, cut)}`),
        say('server', '{"type":"response.audio.delta","response_id":"r","item_id":"i","delta":"AAAA"}'),
        textDelta(`${value.slice(cut)} indeed`),
        say('server', '{"type":"response.done"}', 5),
      ]);
      expect(read).toHaveLength(5);
      expectNowhere(disk, SIMPLE);
    }
  });

  test('is found over deltas of one character', () => {
    const value = form(SIMPLE);
    const { disk, read } = record([
      bearer(SIMPLE),
      ...Array.from(`Well, ${value}!`, (one) => textDelta(one)),
    ]);
    expect(read).toHaveLength(value.length + 8);
    expectNowhere(disk, SIMPLE);
  });
});

describe('what a connection authenticates with', () => {
  const echo = (secret: string) => say('server', JSON.stringify({ type: 'error', message: `no ${secret}.` }));
  test.each<[string, DraftEntry]>([
    ['a Bearer token', upgrade([['authorization', `bearer ${SIMPLE}`]])],
    ['the password of Basic', upgrade([['Authorization', `Basic ${btoa(`user:${SIMPLE}`)}`]])],
    ['the user of Basic', upgrade([['Authorization', `Basic ${btoa(`${SIMPLE}:pw`)}`]])],
    ['x-api-key', upgrade([['X-Api-Key', SIMPLE]])],
    ['x-dashscope-security-token', upgrade([['x-dashscope-security-token', SIMPLE]])],
    ['a cookie', upgrade([['Cookie', `lang=en; sid="${SIMPLE}"`]])],
    ['a parameter', upgrade([], `/v1?model=m&API_KEY=${encodeURIComponent(SIMPLE)}`)],
    ['a parameter with an escaped name', upgrade([], `/v1?model=m&%61pi_key=${SIMPLE}`)],
    ['a URL with a user', upgrade([], `wss://me:${SIMPLE}@example.com/v1`)],
    [
      'a subprotocol',
      upgrade([['Sec-WebSocket-Protocol', `realtime, openai-insecure-api-key.${SIMPLE}, openai-beta.v1`]]),
    ],
    ['a subprotocol behind its name', upgrade([['Sec-WebSocket-Protocol', `bearer, ${SIMPLE}`]])],
  ])('%s is learned from the upgrade request', (_what, entry) => {
    const { disk } = record([entry, echo(SIMPLE), echo(SIMPLE.toLowerCase())]);
    expectNowhere(disk, SIMPLE);
  });

  test('short values go from where they were sent, and nowhere else', () => {
    const { read } = record([upgrade([['x-api-key', 'abc']], '/v1?model=m&key=xyz'), echo('abc xyz')]);
    expect(read[0]).toMatchObject({
      target: '/v1?model=m&key=[redacted:credential-1]',
      headers: [['x-api-key', '[redacted:header-1]']],
    });
    expect(read[1]).toMatchObject({ parts: ['{"type":"error","message":"no abc xyz."}'] });
  });

  test('headers keep names and order; values only what is known to be harmless', () => {
    const headers: RecordedHeaders = [
      ['Host', 'example.com'],
      ['X-Unknown', 'who knows'],
      ['AUTHORIZATION', `Bearer ${SIMPLE}`],
      ['User-Agent', 'a client'],
    ];
    expect(record([upgrade(headers)]).read[0]).toMatchObject({
      headers: [
        ['Host', 'example.com'],
        ['X-Unknown', '[redacted:header-1]'],
        ['AUTHORIZATION', 'Bearer [redacted:credential-1]'],
        ['User-Agent', 'a client'],
      ],
    });
  });

  test('is not written in sound or images either', () => {
    const audio = Buffer.from(`${SIMPLE}.`).toString('base64');
    const { disk, read } = record([
      bearer(SIMPLE),
      say('client', JSON.stringify({ type: 'input_audio_buffer.append', audio })),
    ]);
    expect(read[1]).toMatchObject({ kind: 'withheld', what: 'text', rule: 'credential' });
    expectNowhere(disk, SIMPLE);
  });

  test('is not written under the mask of a torn frame', () => {
    const text = Buffer.from(`{"key":"${SIMPLE}"}`);
    const mask = [1, 2, 3, 4];
    const payload = Uint8Array.of(
      0x81,
      0x80 | text.length,
      ...mask,
      ...text.map((byte, i) => byte ^ (mask[i % 4] ?? 0)),
    );
    const { read } = record([bearer(SIMPLE), { atMs: 1, from: 'client', kind: 'bytes', payload }]);
    expect(read[1]).toMatchObject({ kind: 'withheld', what: 'bytes' });
  });
});

const secrets = fc
  .array(fc.constantFrom(...'abcdefXYZ0189-_/+="\\ é中'), { minLength: 8, maxLength: 24 })
  .map((characters) => characters.join(''))
  .filter((secret) => secret.trim() === secret && new Set(secret.toLowerCase()).size > 4);
/** One layer of escapes over some of the characters. */
const escaping = fc.record({
  layer: fc.constantFrom('json', 'url', 'base64', 'case', 'none'),
  which: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  before: fc.string({ maxLength: 4 }),
});

function escaped(
  text: string,
  { layer, which, before }: { layer: string; which: boolean[]; before: string },
): string {
  const some = (form: (one: string) => string) =>
    Array.from(text, (one, index) => (which[index % which.length] === true ? form(one) : one)).join('');
  if (layer === 'json')
    return JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^\\"]/g, (one, index: number, all: string) =>
        which[index % which.length] === true && all[index - 1] !== '\\' ? utf16(one) : one,
      );
  if (layer === 'url') return some((one) => percent(one)).replace(/%(?![0-9a-f]{2})/g, '%25');
  if (layer === 'base64') return Buffer.from(before + text).toString('base64');
  if (layer === 'case') return some((one) => (one.toUpperCase().length === 1 ? one.toUpperCase() : one));
  return text;
}

describe('any secret', () => {
  property.prop([secrets, escaping, escaping, fc.array(fc.nat(), { maxLength: 6 }), fc.string()])(
    'in any form, cut anywhere, never reaches the disk',
    (secret, inner, outer, cuts, around) => {
      const value = `${around} ${escaped(escaped(secret, inner), outer)} ${around}`;
      const places = [...new Set(cuts.map((cut) => cut % (value.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...places].map((from, index) => value.slice(from, places[index]));
      const { disk, read } = record([bearer(secret), ...pieces.map((piece) => textDelta(piece))]);
      expect(read).toHaveLength(pieces.length + 1);
      expectNowhere(disk, secret);
    },
  );

  property.prop([fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 20 })])(
    'that is not there leaves everything as it was, byte for byte',
    (texts) => {
      const entries = [
        bearer('f00dfacef00dface-not-in-there'),
        ...texts.flatMap((text) => [textDelta(text), say('client', text)]),
      ];
      const { read } = record(entries);
      expect(read.slice(1)).toEqual(entries.slice(1));
    },
  );

  test('is taken out of a copy: live entries stay as they are', () => {
    const entries = [bearer(SIMPLE), say('server', `{"a":"${SIMPLE}"}`), textDelta(SIMPLE)];
    const before = structuredClone(entries);
    record(entries);
    expect(entries).toEqual(before);
  });
});
