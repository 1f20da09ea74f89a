/**
 * Patterns, rules of a user, and the bounds of what is kept back, as transcripts: what goes in, what may be written.
 */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../protocol/index.js';
import type { DraftEntry } from '../entries.js';
import { createRedactor, type RedactorOptions } from './create-redactor.js';
import { SECRET_PATTERNS } from './pattern-table.js';
import type { RedactionRules } from './rules.js';

const say = (text: string, atMs = 0, from: 'client' | 'server' = 'server'): DraftEntry => ({
  atMs,
  from,
  kind: 'text',
  parts: [text],
});
const delta = (value: string, atMs = 0, item = 'i') =>
  say(JSON.stringify({ type: 'response.text.delta', item_id: item, delta: value }), atMs);
const shown = (entries: readonly DraftEntry[]) =>
  entries.map((entry) =>
    entry.kind === 'text'
      ? entry.parts.join('')
      : entry.kind === 'withheld'
        ? `withheld: ${entry.rule}`
        : entry.kind,
  );
function redact(text: string, options: RedactorOptions = {}): string {
  return shown(createRedactor(options).push(say(text))).join('');
}
const on = (rules: RedactionRules): RedactorOptions => ({ rules });

/** Each hidden in a text: what is found, and what only looks like it. Put together here so that no tool takes them for real. */
const a = (count: number) => 'aB3'.repeat(count).slice(0, count);
const EXAMPLES: Readonly<Record<string, { finds: string[]; leaves: string[] }>> = {
  'sk-key': { finds: [`sk-${a(16)}`, `sk-proj-${a(40)}`], leaves: ['sk-short', `risk-${a(20)}`] },
  bearer: { finds: [a(20)].map((it) => `Bearer ${it}`), leaves: ['the bearer of certificates'] },
  jwt: { finds: [`eyJ${a(12)}.${a(12)}.${a(8)}`], leaves: [`eyJ${a(12)}.${a(12)}`] },
  'aws-key-id': { finds: [`AKIA${'ABCD'.repeat(4)}`], leaves: [`AKIA${'ABCD'.repeat(5)}`] },
  'aliyun-key-id': { finds: [`LTAI${a(16)}`], leaves: ['LTAI5t'] },
  'google-key': { finds: [`AIza${a(35)}`], leaves: [`AIza${a(20)}`] },
  'github-token': { finds: [`ghp_${a(36)}`, `github_pat_${a(30)}`], leaves: ['ghp_short'] },
  'slack-token': { finds: [`xoxb-${a(12)}`], leaves: ['xoxz-1234567890'] },
  'private-key': {
    finds: [`-----BEGIN RSA PRIVATE KEY-----\n${a(64)}\n-----END RSA PRIVATE KEY-----`],
    leaves: ['-----BEGIN PUBLIC KEY-----'],
  },
  'secret-member': {
    finds: ['{"api_key": "hush"}', '{"accessToken":"hush hush"}', '{"password" : "p\\"w!!"}'],
    leaves: ['{"keyboard":"qwerty"}', '{"total_tokens":123456}'],
  },
  'secret-parameter': { finds: ['https://x.example/?a=b&api_key=hush!'], leaves: ['1 + 1 = two&a=bbbb'] },
  'url-user': { finds: ['wss://me:pass@x.example/'], leaves: ['https://x.example:80/@me'] },
  email: { finds: ['jane.doe@mail.example.com'], leaves: ['jane@home'] },
  phone: { finds: ['+49 170 1234567', '138 0013 8000'], leaves: ['1700000000000', '2026-11-26'] },
};

describe.each(SECRET_PATTERNS.map((row) => [row.name, row] as const))('the pattern %s', (name, row) => {
  const { finds = [], leaves = [] } = EXAMPLES[name] ?? {};
  const options = on({ version: 1, patterns: { [name]: true } });

  test.each(finds)('finds %j', (text) => {
    expect(redact(`so: ${text} .`, options)).toMatch(new RegExp(`\\[redacted:${name}-1\\]`));
  });

  test.each(finds)('finds %j as text of JSON, and leaves JSON', (text) => {
    const redacted = redact(JSON.stringify({ type: 'error', error: { message: text } }), options);
    expect(JSON.parse(redacted).error.message).toContain(`[redacted:${name}-1]`);
  });

  test.each(leaves)('leaves %j', (text) => {
    expect(redact(text, options)).toBe(text);
  });

  test.each(finds)('finds %j cut anywhere into deltas', (text) => {
    for (let cut = 1; cut < text.length; cut += 1) {
      const redactor = createRedactor(options);
      const parts = [text.slice(0, cut), text.slice(cut)].map((value) => delta(value));
      const out = shown([...parts.flatMap((part) => redactor.push(part)), ...redactor.flush()]);
      const joined = out.map((one) => JSON.parse(one).delta).join('');
      expect(joined).toContain(`[redacted:${name}-1]`);
      expect(redact(joined, options), `cut at ${cut}`).toBe(joined);
    }
  });

  test('is switched off by name', () => {
    for (const text of finds) {
      const redacted = redact(text, on({ version: 1, patterns: { [name]: false } }));
      expect(redacted).not.toContain(`[redacted:${name}-`);
    }
    expect(row.isOptIn === true).toBe(name === 'email' || name === 'phone');
  });
});

describe('previews of a transcription', () => {
  const preview = (text: string, stash: string) =>
    say(JSON.stringify({ type: 'conversation.item.input_audio_transcription.delta', text, stash }));

  test.each([
    ['the key is first-', 'secret', 'withheld: credential'],
    ['the key is ', 'FIRST-SEC', 'withheld: secret-beginning'],
    ['the key is first-se', '', 'withheld: secret-beginning'],
  ])('%j and %j', (text, stash, shownAs) => {
    const redactor = createRedactor({ credentials: [{ value: 'first-secret' }] });
    expect(shown(redactor.push(preview(text, stash)))).toEqual([shownAs]);
  });

  test('that show nothing pass at once, each on its own', () => {
    const redactor = createRedactor({ credentials: [{ value: 'first-secret' }] });
    for (const [text, stash] of [
      ['the key is first', ''],
      ['the key is first', ', then another'],
    ] as const) {
      const passed = shown(redactor.push(preview(text, stash)));
      expect(passed.map((one) => JSON.parse(one))).toMatchObject([{ text, stash }]);
    }
  });

  test('lose a secret that stands in one of the two', () => {
    const redactor = createRedactor({ credentials: [{ value: 'first-secret' }] });
    const [passed = ''] = shown(redactor.push(preview('it is first-secret', ' I think')));
    expect(JSON.parse(passed)).toMatchObject({ text: 'it is [redacted:credential-1]', stash: ' I think' });
  });
});

describe('placeholders', () => {
  test('the same value has the same number, and what hit is counted', () => {
    const redactor = createRedactor({ credentials: [{ value: 'first-secret' }, { value: 'other-secret' }] });
    const texts = ['other-secret, first-secret', 'FIRST-SECRET'].map((text) => say(text));
    expect(shown(texts.flatMap((text) => redactor.push(text)))).toEqual([
      '[redacted:credential-1], [redacted:credential-2]',
      '[redacted:credential-2]',
    ]);
    expect(redactor.summary).toEqual({
      withheld: 0,
      placeholders: [
        { placeholder: '[redacted:credential-1]', rule: 'credential', hits: 1 },
        { placeholder: '[redacted:credential-2]', rule: 'credential', hits: 2 },
      ],
    });
  });

  test('a number of JSON becomes a string, and what cannot be cut out is withheld', () => {
    const redactor = createRedactor({ credentials: [{ value: '12345678' }, { value: '1],"b":["x' }] });
    expect(shown(redactor.push(say('{"a":12345678,"b":[-12345678.5]}')))).toEqual([
      '{"a":"[redacted:credential-1]","b":["[redacted:credential-1]"]}',
    ]);
    expect(shown(redactor.push(say('{"a":[1],"b":["x"]}')))).toEqual(['withheld: credential']);
    expect(redactor.summary.withheld).toBe(1);
  });

  test('a text that only looks like one hides nothing', () => {
    const options = { credentials: [{ value: 'hunter-22' }] };
    expect(redact('[redacted:hunter-22-1]', options)).not.toContain('hunter-22');
  });

  test('names beside the entries are scrubbed with the credentials of the connection', () => {
    const redactor = createRedactor();
    redactor.push({
      atMs: 0,
      from: 'client',
      kind: 'upgrade',
      method: 'GET',
      target: '/?key=a-secret-key',
      headers: [],
    });
    expect(redactor.scrub('model-A-SECRET-KEY')).toBe('model-[redacted:credential-1]');
  });
});

describe('rules of a user', () => {
  const rules: RedactionRules = {
    version: 1,
    allowHeaders: ['X-Mine'],
    rules: [
      { name: 'customer', text: 'Jane Doe' },
      { name: 'order', regexp: 'ord-[0-9]{4}', flags: 'i', maxChars: 8 },
      { name: 'instructions', path: 'session.instructions', event: 'session.update' },
      { name: 'tools', path: 'session.tools.*.name' },
    ],
  };

  test.each([
    [
      'JANE doe, Jane%20Doe, Jane\\u0020Doe',
      '[redacted:customer-1], [redacted:customer-1], [redacted:customer-1]',
    ],
    ['ORD-1234 and ord-12', '[redacted:order-1] and ord-12'],
    [
      '{"type":"session.update","session":{"instructions" : "x", "tools":[{"name":"f","n":1}]}}',
      '{"type":"session.update","session":{"instructions" : "[redacted:instructions-1]", "tools":[{"name":"[redacted:tools-1]","n":1}]}}',
    ],
    [
      '{"type":"other","session":{"instructions":"x","tools":null}}',
      '{"type":"other","session":{"instructions":"x","tools":null}}',
    ],
  ])('%s', (text, expected) => {
    expect(redact(text, on(rules))).toBe(expected);
  });

  test('an expression is found over deltas', () => {
    const redactor = createRedactor(on(rules));
    const parts = ['Number O', 'RD', '-12', '34 is', ' ready, thank you'].map((value) => delta(value));
    const out = shown([...parts.flatMap((part) => redactor.push(part)), ...redactor.flush()]);
    expect(out.map((one) => JSON.parse(one).delta)).toEqual([
      'Number [redacted:order-1]',
      '',
      '',
      ' is',
      ' ready, thank you',
    ]);
  });

  test('an expression of the worst kind that is allowed ends soon', () => {
    const worst = on({ version: 1, rules: [{ name: 'worst', regexp: 'a+a+b', maxChars: 100 }] });
    const text = 'a'.repeat(20_000);
    expect(redact(text, worst)).toBe(text);
  });

  test('headers that are allowed keep their values', () => {
    const [entry] = createRedactor(on(rules)).push({
      ...{ atMs: 0, from: 'client', kind: 'upgrade', method: 'GET', target: '/' },
      headers: [['x-mine', 'of Jane Doe']],
    });
    expect(entry).toMatchObject({ headers: [['x-mine', 'of [redacted:customer-1]']] });
  });
});

describe('what is kept back', () => {
  const options = { credentials: [{ value: 'sesame-open' }] };

  test('goes as soon as it can be no secret any more, in order', () => {
    const redactor = createRedactor(options);
    expect(redactor.push(delta('say sesa'))).toEqual([]);
    expect(redactor.push(say('{"type":"something.else"}'))).toEqual([]);
    expect(shown(redactor.push(delta('ndra')))).toEqual([
      '{"type":"response.text.delta","item_id":"i","delta":"say sesa"}',
      '{"type":"something.else"}',
      '{"type":"response.text.delta","item_id":"i","delta":"ndra"}',
    ]);
  });

  test.each([
    ['the text is done', '{"type":"response.text.done","item_id":"i","text":"x"}'],
    ['the response is done', '{"type":"response.done"}'],
  ])('goes when %s', (_when, end) => {
    const redactor = createRedactor(options);
    expect(redactor.push(delta('say sesa'))).toEqual([]);
    expect(redactor.push(say(end))).toHaveLength(2);
  });

  test('does not mix the texts of two items', () => {
    const redactor = createRedactor(options);
    const parts = [delta('sesame-', 0, 'one'), delta('no', 0, 'two'), delta('open', 0, 'one')];
    expect(shown(parts.flatMap((part) => redactor.push(part))).map((one) => JSON.parse(one).delta)).toEqual([
      '[redacted:credential-1]',
      'no',
      '',
    ]);
  });

  test('is withheld when too much waits behind it, too long, or too many bytes', () => {
    const behind: Readonly<Record<string, DraftEntry[]>> = {
      entries: Array.from({ length: LIMITS.redactionKeptEntries }, () => say('{}')),
      milliseconds: [say('{}', LIMITS.redactionKeptMs + 1)],
      bytes: Array.from({ length: LIMITS.redactionKeptBytes / LIMITS.redactionTextChars }, () =>
        say('x'.repeat(LIMITS.redactionTextChars)),
      ),
    };
    for (const [what, entries] of Object.entries(behind)) {
      const redactor = createRedactor(options);
      expect(redactor.push(delta('say sesame')), what).toEqual([]);
      const out = shown(entries.flatMap((entry) => redactor.push(entry)));
      expect(out[0], what).toBe('withheld: kept-too-long');
      expect(out, what).toHaveLength(entries.length + 1);
      // The rest of the secret is recognised all the same.
      expect(shown(redactor.push(delta('-open says me', 99_999))), what).toEqual([
        '{"type":"response.text.delta","item_id":"i","delta":"[redacted:credential-1] says me"}',
      ]);
      expect(redactor.summary.withheld, what).toBe(1);
    }
  });

  test('a key without an end is withheld to the end of its text', () => {
    const redactor = createRedactor();
    const out = Array.from({ length: 40 }, (_, index) =>
      redactor.push(delta(index === 0 ? 'sk-' : a(2_000), index * LIMITS.redactionKeptMs * 2)),
    ).flat();
    const written = shown([...out, ...redactor.flush()]).filter((one) => !one.startsWith('withheld'));
    expect(written.join('')).not.toContain(a(12));
  });
});
