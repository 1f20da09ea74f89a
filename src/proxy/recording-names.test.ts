/** Names of folders: filled in, harmless, numbered. */
import { describe, expect, test } from 'vitest';
import { checkTemplate, knownRecordingName, numberedName, recordingName } from './recording-names.js';

const parts = { startedAt: new Date('2026-11-26T10:11:12.987Z'), model: 'qwen', name: 'mine', number: 3 };

describe('recordingName', () => {
  test.each([
    [undefined, parts, 'mine.rec'],
    [undefined, { ...parts, name: undefined }, '20261126T101112Z-qwen.rec'],
    [undefined, { ...parts, name: undefined, model: null }, '20261126T101112Z-no-model.rec'],
    ['{name}-{n}-{model}', parts, 'mine-3-qwen.rec'],
    ['{name}', { ...parts, name: undefined }, 'unnamed.rec'],
    ['{model}', { ...parts, model: '../../etc/passwd' }, '-..-etc-passwd.rec'],
    ['{model}', { ...parts, model: '..' }, 'recording.rec'],
    ['a/{n}', parts, 'a-3.rec'],
    ['{model}', { ...parts, model: 'm'.repeat(500) }, `${'m'.repeat(120)}.rec`],
    ['{model}', { ...parts, model: 'é\0\n' }, '-.rec'],
  ])('%s', (template, given, expected) => {
    expect(recordingName(template, given)).toBe(expected);
  });

  test('a placeholder in a value is no placeholder', () => {
    expect(recordingName('{model}', { ...parts, model: '{name}' })).toBe('-name-.rec');
  });
});

test('a recording that exists is found only by a name that does not change', () => {
  expect(knownRecordingName(undefined, parts)).toBe('mine.rec');
  expect(knownRecordingName(undefined, { model: 'qwen', name: undefined })).toBeUndefined();
  expect(knownRecordingName('{model}', { model: 'qwen', name: undefined })).toBe('qwen.rec');
});

test('further names have numbers', () => {
  expect([1, 2, 3].map((count) => numberedName('a.rec', count))).toEqual(['a.rec', 'a-2.rec', 'a-3.rec']);
});

test.each(['{when}', '', '  '])("'%s' is no template", (template) => {
  expect(() => checkTemplate(template)).toThrow(expect.objectContaining({ code: 'E_OPTION' }));
});
