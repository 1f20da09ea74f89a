import { expect, test } from 'vitest';
import { audioTokens, imageTokens, textTokens, utf8Bytes } from './index.js';

test.each([
  ['', 0],
  ['a', 1],
  ['abcd', 1],
  ['abcde', 2],
  ['你好', 2],
  ['😀', 1],
  ['😀!', 2],
  ['\ud83d', 1],
])('%j costs %i text tokens', (text, tokens) => {
  expect(textTokens(text)).toBe(tokens);
});

test('bytes are counted as an encoder would write them, lone surrogates included', () => {
  for (const text of ['', 'aé你😀', '\ud800', '\udc00\ud800', '\ud83d\ude00\ud83d', 'x\ud83dx']) {
    expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
  }
});

test('audio costs 12.5 tokens a second, on TURBO 25 with a second at least', () => {
  expect(audioTokens(8_640, 'omni35', 'output')).toBe(108);
  expect(audioTokens(80, 'omni38', 'input')).toBe(1);
  expect(audioTokens(80.0625, 'omni38', 'input')).toBe(2);
  expect(audioTokens(100, 'turbo', 'input')).toBe(25);
  expect(audioTokens(2_000, 'turbo', 'input')).toBe(50);
  expect(audioTokens(100, 'turbo', 'output')).toBe(2);
  expect(audioTokens(0, 'turbo', 'input')).toBe(0);
  expect(audioTokens(1_000, 'omni38', 'input', 4)).toBe(26);
});

test('an image costs a token per square, within bounds', () => {
  expect(imageTokens(1280, 720, 'omni35')).toBe(40 * 23);
  expect(imageTokens(1280, 720, 'turbo')).toBe(46 * 26);
  expect(imageTokens(1920, 1080, 'omni35')).toBe(1280);
  expect(imageTokens(1, 1, 'omni35')).toBe(4);
});
