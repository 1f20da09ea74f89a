import { describe, expect, it } from 'vitest';
import { encodeBase64, sha256Hex } from '../media/index.js';
import { SoundstageError } from '../protocol/index.js';
import { createNodeSha256 } from '../recordings/files/node-sha256.js';
import { ClientAudioEntry, ClientBytesEntry, type LogEntry, ServerAudioEntry } from './entries.js';
import { SessionLog } from './session-log.js';

function server(event: unknown, atMs = 0): LogEntry {
  const text = JSON.stringify(event);
  return { kind: 'server', atMs, text, intended: text, disposition: 'forwarded' };
}

function client(event: unknown, atMs = 0): LogEntry {
  return { kind: 'client', atMs, text: typeof event === 'string' ? event : JSON.stringify(event) };
}

function logOf(...entries: LogEntry[]): SessionLog {
  const log = new SessionLog();
  for (const entry of entries) log.append(entry);
  return log;
}

function append(...bytes: number[]): LogEntry {
  return client({
    event_id: `e${bytes[0]}`,
    type: 'input_audio_buffer.append',
    audio: encodeBase64(Uint8Array.from(bytes)),
  });
}

describe('the canonical transcript', () => {
  it('sorts keys and renames ids by first appearance', () => {
    const log = logOf(
      server({
        type: 'response.created',
        response: { object: 'realtime.response', id: 'resp_q' },
        event_id: 'event_x',
      }),
      server({
        type: 'response.done',
        event_id: 'event_y',
        response: { id: 'resp_q', object: 'realtime.response' },
      }),
    );
    expect(log.transcript()).toBe(
      'S {"event_id":"event#1","response":{"id":"response#1","object":"realtime.response"},"type":"response.created"}\n' +
        'S {"event_id":"event#2","response":{"id":"response#1","object":"realtime.response"},"type":"response.done"}\n',
    );
  });

  it('replaces ids that an error message quotes', () => {
    const log = logOf(
      client({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'call_zzz', output: '' },
      }),
      server({ type: 'error', error: { message: 'Unknown function call id: call_zzz' } }),
    );
    expect(log.transcript()).toContain('Unknown function call id: call#1');
  });

  it('merges consecutive audio into one run, however it was cut', () => {
    const whole = logOf(append(1, 2, 3, 4), client({ type: 'input_audio_buffer.commit' }));
    const cut = logOf(append(1), append(2, 3), append(4), client({ type: 'input_audio_buffer.commit' }));
    expect(cut.transcript()).toBe(whole.transcript());
    expect(cut.transcriptHash()).toBe(whole.transcriptHash());
    const digest = sha256Hex(Uint8Array.from([1, 2, 3, 4]));
    expect(cut.transcript()).toBe(
      `C {"audio":{"samples":2,"sha256":"${digest}"},"type":"input_audio_buffer.append"}\n` +
        'C {"type":"input_audio_buffer.commit"}\n',
    );
  });

  it('keeps the audio of two items apart', () => {
    const delta = (item: string) => server({ type: 'response.audio.delta', item_id: item, delta: 'AAAA' });
    expect(logOf(delta('a'), delta('a'), delta('b')).transcript().split('\n')).toHaveLength(3);
  });

  it('shows what is no JSON object as it came, nesting beyond the limit included', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const log = logOf(
      client('{"a"'),
      client('[1]'),
      client(deep),
      client({ type: 'input_audio_buffer.append', audio: '!' }),
    );
    const lines = log.transcript().split('\n');
    expect(lines[0]).toBe('C text "{\\"a\\""');
    expect(lines[1]).toBe('C text "[1]"');
    expect(lines[2]?.startsWith('C text "{\\"a\\":[[[')).toBe(true);
    expect(lines[3]).toBe('C {"audio":"!","type":"input_audio_buffer.append"}');
  });

  it('holds no times unless asked for', () => {
    const log = logOf(client({ type: 'response.cancel' }, 1250));
    expect(log.transcript()).toBe('C {"type":"response.cancel"}\n');
    expect(log.transcript({ timed: true })).toBe('1250 C {"type":"response.cancel"}\n');
  });

  it('ignores remarks and the ends of the connection', () => {
    const log = logOf(
      { kind: 'open', atMs: 0, target: '/', model: null },
      { kind: 'note', atMs: 0, code: 'clock-free-run', details: {} },
      { kind: 'close', atMs: 0, by: 'client', code: 1000, reason: '' },
    );
    expect(log.transcript()).toBe('');
    expect(log.transcriptHash()).toBe(sha256Hex(''));
  });

  it('hashes exactly the transcript, an audio run still open included', () => {
    const log = logOf(client({ type: 'session.update' }), append(1, 2), append(3, 4));
    expect(log.transcriptHash()).toBe(sha256Hex(log.transcript()));
    log.append(append(5, 6));
    expect(log.transcriptHash()).toBe(sha256Hex(log.transcript()));
  });
});

describe('the byte budget', () => {
  const entries = Array.from({ length: 400 }, (_, index) =>
    index % 3 === 0
      ? append(index % 250, 1, 2)
      : server({ type: 'session.finished', event_id: `event_${index}` }),
  );

  it('evicts the oldest entries, says so and keeps the hash', () => {
    const small = new SessionLog({ budgetBytes: 5_000 });
    const large = new SessionLog();
    for (const entry of entries) {
      small.append(entry);
      large.append(entry);
    }
    expect(small.evictedEntries).toBeGreaterThan(300);
    expect(small.evictedEntries + small.entries.length - 1).toBe(entries.length);
    expect(small.entries[0]).toMatchObject({ kind: 'note', code: 'entries-evicted' });
    expect(small.transcriptHash()).toBe(large.transcriptHash());
  });

  it('weighs what is in memory: bytes of frames too, and the transcript once it was written', () => {
    const log = new SessionLog();
    log.append({ ...(server({ type: 'x' }) as object), frames: new Uint8Array(10_000) } as LogEntry);
    const entriesBytes = log.sizeBytes;
    expect(entriesBytes).toBeGreaterThan(10_000);
    const lines = log.transcript();
    expect(log.sizeBytes - entriesBytes).toBe(lines.length - '\n'.length);
  });

  it('gives the same hash whoever computes the digests', () => {
    const own = new SessionLog({ budgetBytes: 5_000 });
    const platform = new SessionLog({ budgetBytes: 5_000, createHash: createNodeSha256 });
    for (const entry of entries) {
      own.append(entry);
      platform.append(entry);
    }
    expect(platform.transcriptHash()).toBe(own.transcriptHash());
  });

  it('keeps the transcript complete when entries have left', () => {
    const small = new SessionLog({ budgetBytes: 1 });
    for (const entry of entries) small.append(entry);
    expect(small.entries.length).toBeLessThan(4);
    expect(small.transcript()).toBe(logOf(...entries).transcript());
  });

  it('refuses to write a transcript that outgrew its limit, and still hashes it', () => {
    const log = new SessionLog({ transcriptBytes: 100 });
    for (const entry of entries) log.append(entry);
    expect(() => log.transcript()).toThrow(SoundstageError);
    expect(log.transcriptHash()).toBe(logOf(...entries).transcriptHash());
  });
});

describe('audio that is written without parsing', () => {
  const delta = (audio: string, extra = '') =>
    `{"event_id":"event_${audio.length}${extra}","type":"response.audio.delta","item_id":"i","delta":"${audio}"}`;
  const run = (...texts: string[]) =>
    logOf(
      ...texts.map(
        (text): LogEntry => ({ kind: 'server', atMs: 0, text, intended: text, disposition: 'forwarded' }),
      ),
    );

  it('gives the same line as audio that is parsed', () => {
    const parsed = (audio: string) => `{"type":"response.audio.delta","item_id":"i","delta":"${audio}"}`;
    expect(run(delta('AAAA'), delta('AQID'), delta('BAUG')).transcript()).toBe(
      run(parsed('AAAA'), parsed('AQID'), parsed('BAUG')).transcript(),
    );
  });

  it('does not swallow a message that differs, has more keys or bad audio', () => {
    const other = delta('AAAA').replace('"i"', '"j"');
    const more = delta('AAAA').replace('"}', '","note":"x"}');
    const bad = delta('AA"A').replace('AA"A', 'A*AA');
    expect(run(delta('AAAA'), other, more, bad).transcript().trimEnd().split('\n')).toHaveLength(4);
  });
});

describe('audio that is made again when it is read', () => {
  const entry = (id: string, ...bytes: number[]) =>
    new ServerAudioEntry(0, {
      head: `{"event_id":"${id}","type":"response.audio.delta","item_id":"i","delta":"`,
      read: () => Uint8Array.from(bytes),
      tail: '"}',
    });
  const asText = (audio: ServerAudioEntry): LogEntry => ({
    kind: 'server',
    atMs: 0,
    text: audio.text,
    intended: audio.text,
    disposition: 'forwarded',
  });

  it('reads as the message that went out', () => {
    expect(JSON.parse(entry('e1', 0, 0, 0).text)).toEqual({
      event_id: 'e1',
      type: 'response.audio.delta',
      item_id: 'i',
      delta: 'AAAA',
    });
  });

  it('gives the transcript of the same messages as text', () => {
    const kept = [entry('e1', 1, 2), entry('e2', 3, 4), entry('e3', 5)];
    expect(logOf(...kept).transcript()).toBe(logOf(...kept.map(asText)).transcript());
    expect(
      logOf(...kept)
        .transcript()
        .trimEnd()
        .split('\n'),
    ).toHaveLength(1);
  });

  it('keeps audio apart where what stands behind it differs', () => {
    const head = '{"event_id":"e","type":"response.audio.delta","item_id":"i","delta":"';
    const read = () => Uint8Array.of(1, 2);
    const tails = ['","output_index":0}', '","output_index":1}', '"}', '"}'];
    const kept = tails.map((tail) => new ServerAudioEntry(0, { head, tail, read }));
    const log = logOf(...kept);
    expect(log.transcript()).toBe(logOf(...kept.map(asText)).transcript());
    expect(log.transcript().trimEnd().split('\n')).toHaveLength(3);
  });

  it('serves for the audio of the client as well', () => {
    const kept = ['e1', 'e2'].map(
      (id) =>
        new ClientAudioEntry(0, {
          head: `{"event_id":"${id}","type":"input_audio_buffer.append","audio":"`,
          read: () => Uint8Array.of(1, 2),
          tail: '"}',
        }),
    );
    expect(kept[0]?.text).toBe('{"event_id":"e1","type":"input_audio_buffer.append","audio":"AQI="}');
    const log = logOf(...kept);
    expect(log.transcript()).toBe(logOf(...kept.map(({ text }) => client(text))).transcript());
    expect(log.transcript().trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('client messages that are kept as bytes', () => {
  it('read and hash as the text that came, a byte order mark included', () => {
    for (const text of ['{"type":"response.cancel"}', '\ufeff{"a":"é你\u{1f600}"}']) {
      const entry = new ClientBytesEntry(0, new TextEncoder().encode(text));
      expect(entry.text).toBe(text);
      expect(logOf(entry).transcriptHash()).toBe(logOf(client(text)).transcriptHash());
    }
  });
});
