/**
 * What is wrong with a rule file is said with file, line and column; a good one is read as it stands.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SoundstageError } from '../../protocol/index.js';
import { parseRedactionRules } from './load-redaction-rules.js';

const lines = (...text: string[]) => `${text.join('\n')}\n`;

function refusalOf(text: string): string {
  try {
    parseRedactionRules(text, 'rules.yaml');
  } catch (error) {
    if (error instanceof SoundstageError && error.code === 'E_REDACTION_RULES') return error.message;
    throw error;
  }
  throw new Error('expected a refusal');
}

test('a good file is read as it stands', () => {
  const rules = {
    version: 1,
    patterns: { email: true, jwt: false },
    allowHeaders: ['x-mine'],
    rules: [
      { name: 'customer', text: 'Alice Example' },
      { name: 'order', regexp: 'ORD-[0-9]{8}', flags: 'i', maxChars: 12 },
      { name: 'instructions', path: 'session.instructions', event: 'session.update' },
    ],
  };
  expect(parseRedactionRules(JSON.stringify(rules), 'rules.json')).toEqual(rules);
});

test('the example of the reference is a good file', () => {
  const page = readFileSync(new URL('../../../docs/reference/redaction.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml rules\n([\s\S]*?)```/.exec(page) ?? [];
  expect(parseRedactionRules(example, 'redaction.md').rules).toHaveLength(3);
});

const rule = (text: string) => lines('version: 1', 'rules:', `  - { name: mine, ${text} }`);

describe('a mistake is shown where it is', () => {
  test.each<[string, string, string, RegExp]>([
    ['no YAML', lines('version: 1', 'rules: [}'), '2:', /rules\.yaml/],
    ['a list', lines('- 1'), '1:1', /holds no mapping/],
    ['no version', lines('rules: []'), '1:1', /Try version: 1/],
    ['another version', lines('version: 2'), '1:10', /this release reads version 1/],
    ['an unknown key', lines('version: 1', 'rule: []'), '2:1', /no such key 'rule'. Try 'rules'/],
    ['an unknown pattern', lines('version: 1', 'patterns:', '  emial: true'), '3:', /pattern|emial/],
    ['an unknown key of a rule', rule('text: abc, flag: i'), '3:', /flag/],
    ['a bad name', lines('version: 1', 'rules:', '  - { name: A B, text: abc }'), '3:13', /it is no name/],
    ['no expression', rule('regexp: "("'), '3:', /it is no regular expression/],
    ['an expression that fits nothing', rule('regexp: "x*"'), '3:', /matches the empty text/],
    ['a repetition of repetitions', rule('regexp: "(a+)+b"'), '3:', /may take for ever/],
    ['a choice that is repeated', rule('regexp: "(a|ab)*c"'), '3:', /may take for ever/],
    ['too many repetitions', rule('regexp: "a+a+a+b"'), '3:', /too many repetitions/],
    ['look-ahead', rule('regexp: "a(?=b)"'), '3:', /looks ahead/],
    ['a reference back', rule('regexp: "(a)\\\\1"'), '3:', /refers back/],
    ['an anchor', rule('regexp: "^abc"'), '3:', /beginning or the end/],
    ['other flags', rule('regexp: abc, flags: g'), '3:', /flags/],
    ['a bad path', rule('path: "a..b"'), '3:', /it is no path/],
    ['a name of a pattern', lines('version: 1', 'rules: [{ name: jwt, text: abc }]'), '2:', /'jwt' is taken/],
  ])('%s', (_what, text, where, says) => {
    const message = refusalOf(text);
    expect(message).toContain(`rules.yaml:${where}`);
    expect(message).toMatch(says);
  });

  test('and no value of the file is repeated', () => {
    expect(refusalOf(rule('text: [hush-hush]'))).not.toContain('hush');
  });
});
