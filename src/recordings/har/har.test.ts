/** Recordings as HAR files and back, and HAR files of browsers as recordings. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { session } from '../../../test/support/recording-arbitraries.js';
import { writtenParts } from '../../../test/support/written-recording.js';
import { MemoryParts } from '../parts.js';
import { Recording } from '../recording.js';
import type { Redactor } from '../redaction/redactor.js';
import type { HarImportOptions } from './har-import.js';
import { millisecondsOf } from './har-schema.js';
import { readHar } from './read-har.js';
import { writeHar } from './write-har.js';

const BY = { name: 'a test', version: '1' };
const harOf = (parts: MemoryParts) => [...writeHar(new Recording(parts), BY)].join('');

function imported(text: string, options: Partial<HarImportOptions> = {}, index = 0): MemoryParts {
  const sink = new MemoryParts('back');
  readHar(text, 'a.har')[index]?.write({ sink, by: 'a test', ...options });
  return sink;
}

/** A file as Chrome saves it. */
function chrome(change: (entry: Record<string, unknown>) => void = () => {}): string {
  const entry = {
    _initiator: { type: 'script' },
    _resourceType: 'websocket',
    _webSocketMessages: [
      { type: 'receive', time: 1764149400.25, opcode: 1, data: '{"type":"session.created"}' },
      {
        type: 'send',
        time: 1764149400.5,
        opcode: 1,
        data: '{"type":"input_audio_buffer.append","audio":"AAAAAA=="}',
      },
      { type: 'send', time: 1764149400.75, opcode: 2, data: 'AQI=' },
      { type: 'error', time: 1764149401, opcode: -1, data: 'A remark of the browser.' },
    ],
    startedDateTime: '2025-11-26T09:30:00.000Z',
    request: {
      method: 'GET',
      url: 'wss://user:pass@host.example/api-ws/v1/realtime?model=qwen3-omni-flash-realtime&api_key=sk-in-query',
      headers: [{ name: 'Authorization', value: 'Bearer sk-secret' }],
    },
    response: {
      status: 101,
      statusText: 'Switching Protocols',
      headers: [{ name: 'Set-Cookie', value: 'sid=7' }],
    },
  };
  change(entry as unknown as Record<string, unknown>);
  return JSON.stringify({ log: { version: '1.2', entries: [{ request: {}, response: {} }, entry] } });
}

property.prop([session, fc.boolean()])('a recording comes back as it was', (entries, complete) => {
  const parts = writtenParts(entries, {
    complete,
    startedAt: '2026-11-26T09:30:00.123Z',
    provenance: { kind: 'captured', date: '2026-11-26' },
    placeholders: [{ placeholder: '[redacted:x-1]', rule: 'x', hits: 2 }],
  });
  const back = imported(harOf(parts));
  expect(back.toObject()).toEqual(parts.toObject());
  expect(harOf(back)).toBe(harOf(parts));
});

describe('the HAR file of a recording', () => {
  it('says what browsers say', () => {
    const parts = imported(chrome());
    const { log } = JSON.parse(harOf(parts));
    const { _webSocketMessages: messages, request, response } = log.entries[0];
    expect(messages).toEqual(JSON.parse(chrome()).log.entries[1]._webSocketMessages.slice(0, 3));
    expect(request).toMatchObject({
      method: 'GET',
      queryString: [{ name: 'model', value: 'qwen3-omni-flash-realtime' }, { name: 'api_key' }],
    });
    expect(response).toMatchObject({ status: 101, statusText: 'Switching Protocols' });
  });
});

describe('a HAR file of a browser', () => {
  it('is a recording that nobody has declared, without the credentials of the handshake', () => {
    const recording = new Recording(imported(chrome()));
    expect(recording.manifest).toMatchObject({
      provenance: { kind: 'undeclared' },
      upstream: 'wss://host.example',
      model: 'qwen3-omni-flash-realtime',
      startedAt: '2025-11-26T09:30:00.000Z',
      redactions: { placeholders: [{ rule: 'credential' }, { rule: 'credential' }, { rule: 'header' }] },
    });
    const entries = [...recording.entries()];
    expect(entries.map(({ kind, from, atMs }) => `${atMs} ${from} ${kind}`)).toEqual([
      '0 client upgrade',
      '0 server answer',
      '250 server text',
      '500 client text',
      '750 client binary',
    ]);
    expect(recording.lane('client')).toMatchObject({ samples: 2, rateHz: 16_000 });
    const all = JSON.stringify(entries) + JSON.stringify(recording.manifest);
    for (const secret of ['sk-secret', 'sk-in-query', 'sid=7', 'pass']) expect(all).not.toContain(secret);
  });

  it('goes through the redactor it is given, and may be declared', () => {
    const seen: string[] = [];
    const redactor: Redactor = {
      push: (entry) => {
        seen.push(entry.kind);
        return entry.kind === 'text' ? [] : [entry];
      },
      scrub: (text) => text,
      flush: () => [{ kind: 'end', from: 'client', atMs: 999, how: 'fin' }],
      summary: { withheld: 2, placeholders: [] },
    };
    const provenance = { kind: 'captured', date: '2025-11-26' } as const;
    const recording = new Recording(imported(chrome(), { provenance, createRedactor: () => redactor }));
    expect(seen).toEqual(['upgrade', 'answer', 'text', 'text', 'binary']);
    expect([...recording.entries()].map(({ kind }) => kind)).toEqual(['upgrade', 'answer', 'binary', 'end']);
    expect(recording.manifest).toMatchObject({ provenance, redactions: { withheld: 2 } });
  });

  it('may hold close frames, pings and a refusal', () => {
    const text = chrome((entry) => {
      entry['response'] = { status: 401, content: { text: 'no key' } };
      entry['_webSocketMessages'] = [
        { type: 'send', time: 0, opcode: 9, data: '' },
        { type: 'receive', time: 0, opcode: 8, data: 'A+hieWU=' },
      ];
    });
    const entries = [...new Recording(imported(text)).entries()];
    expect(entries.slice(1)).toMatchObject([
      { kind: 'answer', status: 401, body: new TextEncoder().encode('no key') },
      { kind: 'ping', from: 'client', atMs: 0 },
      { kind: 'close', from: 'server', code: 1000, reason: 'bye' },
    ]);
  });

  it('with several WebSockets is several recordings', () => {
    const { log } = JSON.parse(chrome());
    log.entries.push({ ...log.entries[1], request: { url: 'ws://other.example' } });
    const found = readHar(JSON.stringify({ log }), 'a.har');
    expect(found.map(({ place, url, messages, isOurs }) => [place, url, messages, isOurs])).toEqual([
      ['log.entries[1]', 'wss://host.example/api-ws/v1/realtime', 4, false],
      ['log.entries[2]', 'ws://other.example/', 4, false],
    ]);
    const recording = new Recording(imported(JSON.stringify({ log }), {}, 1));
    expect(recording.manifest).toMatchObject({ upstream: 'ws://other.example', model: null });
  });

  const message = (rest: object) => (entry: Record<string, unknown>) => {
    entry['_webSocketMessages'] = [{ type: 'send', time: 1, opcode: 1, data: '', ...rest }];
  };
  it.each<[string, string | ((entry: Record<string, unknown>) => void), string]>([
    ['no JSON', '{"log":', 'Cannot read a.har: it is no JSON'],
    ['no HAR', '[]', 'log.entries: it is no list'],
    ['no WebSocket', '{"log":{"entries":[{}]}}', 'it has no WebSocket'],
    ['a wrong type', message({ data: 7 }), 'log.entries[1]._webSocketMessages[0].data: '],
    [
      'a wrong date',
      (entry) => void Object.assign(entry, { startedDateTime: 'today' }),
      'log.entries[1].startedDateTime: it is no ISO 8601 date',
    ],
    [
      'a wrong opcode',
      message({ opcode: 3 }),
      'log.entries[1]._webSocketMessages[0].opcode: 3 is no message',
    ],
    [
      'no base64',
      message({ opcode: 2, data: '!' }),
      'log.entries[1]._webSocketMessages[0].data: it is no base64',
    ],
    ['no request', (entry) => void delete entry['request'], 'log.entries[1].request: '],
  ])('with a mistake is refused, and told where: %s', (_what, change, why) => {
    expect(() => imported(typeof change === 'string' ? change : chrome(change))).toThrow(why);
  });

  it.each<
    [string, (own: { entries: Record<string, unknown>[]; manifest: Record<string, unknown> }) => void, string]
  >([
    [
      'a message that is not there',
      ({ entries }) => entries.push({ afterMs: 0, from: 'client', message: 99 }),
      '.entries[5].message: there is no message 99',
    ],
    [
      'a line that is none',
      ({ entries }) => entries.push({ afterMs: -1, from: 'client', ping: '' }),
      '.entries[5]: ',
    ],
    [
      'a text in the wrong place',
      ({ entries }) => entries.push({ afterMs: 0, from: 'client', text: [{ $image: '0'.repeat(64) }] }),
      'must be one of _webSocketMessages',
    ],
    [
      'media that is none',
      ({ entries }) => entries.push({ afterMs: 0, from: 'client', message: 0, media: [[0, 3, 'pcm']] }),
      'it is no base64',
    ],
    [
      'half a sample',
      ({ entries }) =>
        entries.push({
          afterMs: 0,
          from: 'client',
          message: 1,
          media: [['{"type":"input_audio_buffer.append","audio":"'.length, 4, 'pcm']],
        }),
      'half a sample',
    ],
    [
      'another version',
      ({ manifest }) => void Object.assign(manifest, { version: 9 }),
      '._soundstage.manifest: ',
    ],
  ])('that says it is ours and is not is refused: %s', (_what, change, why) => {
    const har = JSON.parse(harOf(imported(chrome())));
    change(har.log.entries[0]._soundstage);
    expect(() => imported(JSON.stringify(har))).toThrow(why);
  });
});

property.prop([fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })])(
  'dates are read as the platform reads them',
  (date) => {
    expect(millisecondsOf(date.toISOString())).toBe(date.getTime());
    expect(millisecondsOf('2026-03-01T00:30:00+01:00')).toBe(Date.parse('2026-03-01T00:30:00+01:00'));
  },
);
