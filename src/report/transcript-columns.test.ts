import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../media/index.js';
import type { LogEntry } from '../session-log/index.js';
import { renderTranscriptColumns } from './transcript-columns.js';
import { displayWidth, wrapText } from './wrap-text.js';

const client = (atMs: number, event: object): LogEntry => ({
  kind: 'client',
  atMs,
  text: JSON.stringify(event),
});
const server = (atMs: number, event: object): LogEntry => {
  const text = JSON.stringify(event);
  return { kind: 'server', atMs, text, intended: text, disposition: 'forwarded' };
};
const audio = (sizeBytes: number) => encodeBase64(new Uint8Array(sizeBytes));

describe('the two-column transcript', () => {
  it('puts the client left, the server right, with virtual seconds', () => {
    const text = renderTranscriptColumns([
      server(0, { type: 'session.created', session: { model: 'qwen3-omni-flash-realtime' } }),
      client(1234, { type: 'input_audio_buffer.commit' }),
      server(1234, { type: 'error', error: { code: 'invalid_value', message: 'No.' } }),
    ]);
    expect(text.split('\n')).toEqual([
      '  seconds  client                              server',
      '    0.000                                      session.created  qwen3-omni-flash-realtime',
      '    1.234  input_audio_buffer.commit',
      '                                               error  invalid_value, No.',
    ]);
  });

  it('folds the packets and deltas of a stream into one row each, interleaved or not', () => {
    const delta = (type: string, value: string) => ({ type, item_id: 'item_1', delta: value });
    const text = renderTranscriptColumns([
      client(0, { type: 'input_audio_buffer.append', audio: audio(3200) }),
      server(100, delta('response.audio_transcript.delta', 'Hello')),
      client(100, { type: 'input_audio_buffer.append', audio: audio(3200) }),
      server(150, delta('response.audio.delta', audio(4800))),
      server(200, delta('response.audio_transcript.delta', ' there.')),
      server(250, delta('response.audio.delta', audio(4800))),
    ]);
    expect(text.split('\n').slice(1)).toEqual([
      '    0.000  input_audio_buffer.append ×2',
      '             audio 0.20 s',
      '    0.100                                      response.audio_transcript.delta ×2  “Hello there.”',
      '    0.150                                      response.audio.delta ×2  audio 0.20 s',
    ]);
  });

  it('starts a new row for audio after something else was said', () => {
    const text = renderTranscriptColumns([
      client(0, { type: 'input_audio_buffer.append', audio: audio(3200) }),
      server(50, { type: 'input_audio_buffer.speech_started', audio_start_ms: 40 }),
      client(100, { type: 'input_audio_buffer.append', audio: audio(3200) }),
    ]);
    expect(text.match(/input_audio_buffer\.append/g)).toHaveLength(2);
  });

  it('reads lengths at the rate that the session was set to', () => {
    const text = renderTranscriptColumns([
      server(0, {
        type: 'session.updated',
        session: { voice: 'Tina', audio: { output: { format: { sample_rate: 8000 } } } },
      }),
      server(0, { type: 'response.audio.delta', item_id: 'item_1', delta: audio(16_000) }),
    ]);
    expect(text).toContain('audio 1.00 s');
  });

  it.each([40, 80, 100, 160, 500])('stays inside its width when asked for %i columns', (widthColumns) => {
    const width = Math.min(160, Math.max(80, widthColumns));
    const text = renderTranscriptColumns(
      [
        server(0, {
          type: 'conversation.item.input_audio_transcription.completed',
          transcript:
            'Could you tell me what you can see in this picture, and whether the lamp is on? '.repeat(3),
        }),
        client(9_999_999, {
          type: 'conversation.item.create',
          item: { type: 'function_call_output', output: `{"x":"${'y'.repeat(300)}"}` },
        }),
        { kind: 'close', atMs: 5, by: 'server', code: 1007, reason: 'Model not found. '.repeat(20) },
      ],
      { widthColumns },
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('shows what is no event at all, and names that JavaScript knows, without falling over', () => {
    const text = renderTranscriptColumns([
      { kind: 'client', atMs: 0, text: 'not json' },
      { kind: 'client', atMs: 0, text: '[1]' },
      { kind: 'client-binary', atMs: 0, sizeBytes: 7 },
      client(0, { type: 'constructor' }),
      client(0, { type: 'session.update', session: { tools: [null, 3], modalities: 'x' } }),
      { kind: 'note', atMs: 0, code: 'clock-free-run', details: {} },
      { kind: 'close', atMs: 0, by: 'dropped', code: undefined, reason: '' },
    ]);
    expect(text).toContain('text without a type');
    expect(text).toContain('binary message, 7 bytes');
    expect(text).toContain('constructor');
    expect(text).toContain('· closed without a code when the connection dropped');
  });
});

describe('wrapText', () => {
  it('breaks the long names of events behind a dot', () => {
    expect(wrapText('conversation.item.input_audio_transcription.completed', 30, '  ')).toEqual([
      'conversation.item.input_',
      '  audio_transcription.',
      '  completed',
    ]);
  });

  it('cuts a word without seams at the width', () => {
    expect(wrapText('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  });

  it('counts wide characters as two columns', () => {
    expect(displayWidth('你好a')).toBe(5);
    expect(wrapText('你好你好', 4)).toEqual(['你好', '你好']);
  });
});
