/** What a reviewer reads of a recording, and that nothing in it is more than text. */
import { fc, test as property } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import {
  accepted,
  append,
  audioDelta,
  client,
  closes,
  server,
  tone,
  upgrade,
  writtenRecording,
} from '../../test/support/written-recording.js';
import { LIMITS } from '../protocol/index.js';
import type { DraftEntry } from '../recordings/index.js';
import { cell, fence, span } from './markdown-text.js';
import { renderRecordingMarkdown } from './recording-markdown.js';

const render = (entries: DraftEntry[], options: Parameters<typeof writtenRecording>[1] = {}) =>
  [...renderRecordingMarkdown(writtenRecording(entries, options))].join('');
const transcript = (entries: DraftEntry[]) => render(entries).split('## Transcript\n\n')[1];

it('has a header that says where it comes from and what was taken out', () => {
  const text = render([upgrade(), accepted(), append(10, tone(8_000))], {
    name: 'calls/hello.rec',
    provenance: { kind: 'captured', date: '2026-11-26' },
    startedAt: '2026-11-26T09:30:00.000Z',
    speechRedacted: true,
    placeholders: [{ placeholder: '[redacted:mail-1]', rule: 'mail', hits: 2 }],
  });
  expect(text).toBe(
    [
      '# Recording `hello.rec`',
      '',
      '| | |',
      '|---|---|',
      '| provenance | captured from the real service on `2026-11-26` |',
      '| model | `qwen3.5-omni-flash-realtime` |',
      '| recorded | `2026-11-26T09:30:00.000Z` by `a test` |',
      '| server | — |',
      '| audio | client 0.50 s |',
      '| taken out | voices and what was said, `[redacted:mail-1]` ×2 |',
      '',
      '## Transcript',
      '',
      '- 0.000 s · **client** connects: `GET /api-ws/v1/realtime?model=qwen3.5-omni-flash-realtime`',
      '- 0.002 s · **server** accepts',
      '- 0.010 s · **client** sends audio, 0.50 s',
      '',
    ].join('\n'),
  );
});

it('says when nobody has declared it, and when the recorder did not finish', () => {
  const text = render([upgrade()], { provenance: { kind: 'undeclared' }, complete: false });
  expect(text).toContain('| provenance | undeclared: not to be taken for the real service |');
  expect(text).toContain('| complete | **no**: the recorder did not finish |');
});

it('reads as a conversation: who said what, tool calls, errors, closes', () => {
  const ids = { response_id: 'r', item_id: 'i' };
  expect(
    transcript([
      client(0, { type: 'session.update', session: { turn_detection: null } }),
      append(100, tone(1600)),
      append(200, tone(1600)),
      server(300, {
        type: 'conversation.item.input_audio_transcription.completed',
        transcript: 'What time is it?',
      }),
      server(400, { type: 'response.created', response: { id: 'r' } }),
      audioDelta(500, tone(24_000), ids),
      server(510, { type: 'response.audio_transcript.delta', ...ids, delta: 'Let me' }),
      audioDelta(520, tone(12_000), ids),
      server(530, { type: 'response.audio_transcript.done', ...ids, transcript: 'Let me see.' }),
      server(540, {
        type: 'response.function_call_arguments.done',
        name: 'clock',
        arguments: '{"zone":"UTC"}',
      }),
      server(550, { type: 'response.done', response: { id: 'r', status: 'completed' } }),
      client(600, {
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'c', output: 'nine' },
      }),
      server(700, { type: 'error', error: { code: 'bad_value', message: 'No.' } }),
      server(800, { type: 'response.text.delta', item_id: 'j', response_id: 's', delta: 'It is ni' }),
      closes('server', 900, 1011, 'over'),
    ]),
  ).toBe(
    [
      '- 0.000 s · **client** `session.update`: `manual turns`',
      '- 0.100 s · **client** sends audio, 0.20 s',
      '- 0.300 s · **server** heard `What time is it?`',
      '- 0.540 s · **server** calls the tool `clock`',
      '',
      '  ```json',
      '  {',
      '    "zone": "UTC"',
      '  }',
      '  ```',
      '',
      '- 0.500 s · **server** says `Let me see.` (audio 1.50 s)',
      '- 0.600 s · **client** answers the call `c`',
      '',
      '  ```text',
      '  nine',
      '  ```',
      '',
      '- 0.700 s · **server** **error** `bad_value`: `No.`',
      '- 0.900 s · **server** closes with 1011: `over`',
      '- 0.800 s · **server** writes `It is ni` (unfinished)',
      '',
    ].join('\n'),
  );
});

it('shows a refusal with its body, images, frames and what was withheld', () => {
  const text = transcript(
    [
      {
        kind: 'answer',
        from: 'server',
        atMs: 1,
        status: 401,
        reason: 'No',
        body: new TextEncoder().encode('{"a":1}'),
      },
      client(2, { type: 'input_image_buffer.append', image: '/9gB' }),
      { kind: 'binary', from: 'client', atMs: 3, payload: new Uint8Array(3) },
      { kind: 'withheld', from: 'client', atMs: 4, what: 'text', rule: 'mail', sizeBytes: 5 },
      { kind: 'end', from: 'server', atMs: 5, how: 'reset' },
      client(6, 'no event'),
    ].map((entry) => ({ headers: [], ...entry }) as DraftEntry),
  );
  expect(text).toContain('**refuses**: HTTP 401 `No`\n\n  ```json\n  {\n    "a": 1\n  }\n  ```\n');
  expect(text).toMatch(/`images\/[0-9a-f]{64}\.jpg`/);
  expect(text).toContain('sends binary, 3 bytes');
  expect(text).toContain('sends what was withheld: `text`, 5 bytes, rule `mail`');
  expect(text).toContain('**server** resets the connection');
  expect(text).toContain('sends text that is no event: `no event`');
});

const HOSTILE =
  '\n## Approved\n| a | b |\n<script>alert(1)</script> ``` `` ` ~~~ @everyone [x](javascript:y) \u202e\u001b[2J';

it('what the traffic says is text and nothing else', () => {
  const event = (type: string, rest: object) => server(1, { type, ...rest });
  const text = render(
    [
      { ...(upgrade(`/${HOSTILE}`) as DraftEntry) },
      event(HOSTILE, {}),
      event('error', { error: { code: HOSTILE, message: HOSTILE } }),
      event('response.function_call_arguments.done', { name: HOSTILE, arguments: HOSTILE }),
      event('response.audio_transcript.done', { item_id: 'i', transcript: HOSTILE }),
      closes('server', 2, 1000, HOSTILE),
    ],
    { name: HOSTILE, provenance: { kind: 'simulated', by: HOSTILE, scenario: HOSTILE } },
  );
  const withoutCode = text
    .replace(/^ {2}(`{3,})\w*\n[\s\S]*?\n {2}\1$/gm, '')
    .replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, '');
  for (const what of ['<', 'script>', 'Approved', '@', '](', '\u202e', '\u001b'])
    expect(withoutCode).not.toContain(what);
  for (const hidden of ['\u202e', '\u001b']) expect(text).not.toContain(hidden);
  const table = text.split('\n').filter((line) => line.startsWith('|'));
  for (const line of table) expect(line.match(/\|/g)).toHaveLength(3);
});

property.prop([fc.string({ unit: fc.constantFrom('`', ' ', 'a', '\n', '|', '<') })])(
  'no text ends its span, its cell or its fence',
  (text) => {
    for (const shown of [span(text), cell(text)]) {
      expect(shown).not.toContain('\n');
      if (shown === '—') continue;
      const [ticks = ''] = shown.match(/^`+/) ?? [];
      const inner = shown.slice(ticks.length, -ticks.length);
      expect(inner.match(/`+/g) ?? []).not.toContain(ticks);
      expect(inner).not.toMatch(/^`|`$/);
    }
    expect(cell(text)).not.toContain('|');
    const lines = fence(text, '  ').split('\n');
    const [ticks = ''] = lines[0]?.match(/`+/) ?? [];
    expect(lines.slice(1, -1).join('\n')).not.toContain(ticks);
    expect(lines.every((line) => line.startsWith('  '))).toBe(true);
  },
);

it('a text of megabytes is cut, and says so', () => {
  const shown = span('a'.repeat(LIMITS.markdownTextChars + 7));
  expect(shown).toHaveLength(LIMITS.markdownTextChars + '`` … (7 characters more)'.length);
});
