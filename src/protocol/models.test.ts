import { expect, test } from 'vitest';
import { FAMILY_IDS, findModel, isVoiceSupported, MODEL_FAMILIES } from './index.js';

test.each([
  ['qwen-omni-turbo-realtime-latest', 'turbo', 4],
  ['qwen3-omni-flash-realtime', 'flash3', 49],
  ['qwen3-omni-flash-realtime-2025-12-01', 'flash3', 49],
  ['qwen3-omni-flash-realtime-2025-09-15', 'flash3', 17],
  ['qwen3.5-omni-plus-realtime-2026-03-15', 'omni35', 56],
  ['qwen3.8-omni-flash-realtime', 'omni38', 56],
])('%s is %s with %i voices', (model, family, voiceCount) => {
  const found = findModel(model);
  expect(found).toMatchObject({ kind: 'omni', model, family: { id: family } });
  expect(found.kind === 'omni' && new Set(found.voices).size).toBe(voiceCount);
});

test('only the flash models of OMNI35 send no completed transcription in manual mode', () => {
  const silent = FAMILY_IDS.flatMap((id) => MODEL_FAMILIES[id].models).filter((model) => {
    const found = findModel(model);
    return found.kind === 'omni' && !found.completedInManualMode;
  });
  expect(silent).toEqual(['qwen3.5-omni-flash-realtime', 'qwen3.5-omni-flash-realtime-2026-03-15']);
});

test.each([
  ['qwen3-livetranslate-flash-realtime-2025-09-22', 'livetranslate'],
  ['qwen3.5-livetranslate-flash-realtime', 'livetranslate'],
  ['qwen3-asr-flash-realtime', 'asr'],
  ['qwen3-asr-flash-realtime-2026-02-10', 'asr'],
  ['qwen-tts-realtime', 'tts'],
  ['qwen3-tts-vc-realtime', 'tts'],
  ['qwen-audio-3.1-realtime-flash', 'qwen-audio'],
])('%s is a sibling: %s', (model, sibling) => {
  expect(findModel(model)).toEqual({ kind: 'sibling', sibling, model });
});

test.each([
  'qwen3.5-omni-plus',
  'qwen3-tts-flash',
  'qwen-omni-turbo-realtime-2025-03-26',
  'QWEN3.8-OMNI-FLASH-REALTIME',
  '__proto__',
  'constructor',
  '',
  `qwen3-tts-${'a-'.repeat(100_000)}!`,
])('%.40s is unknown', (model) => {
  expect(findModel(model)).toEqual({ kind: 'unknown', model });
});

test('every family answers with its own default voice', () => {
  for (const family of FAMILY_IDS.map((id) => MODEL_FAMILIES[id])) {
    for (const model of family.models) expect(isVoiceSupported(model, family.defaults.voice)).toBe(true);
  }
});

test('voices are matched exactly, and cloned ones only where there are any', () => {
  expect(isVoiceSupported('qwen3.5-omni-plus-realtime', 'Eliška')).toBe(true);
  expect(isVoiceSupported('qwen3.5-omni-plus-realtime', 'eliška')).toBe(false);
  expect(isVoiceSupported('qwen3.5-omni-plus-realtime', 'Cherry')).toBe(false);
  expect(isVoiceSupported('qwen3.5-omni-plus-realtime', 'qwen3.5-omni-plus-realtime-mine')).toBe(true);
  expect(isVoiceSupported('qwen3-omni-flash-realtime', 'qwen3-omni-flash-realtime-mine')).toBe(false);
  expect(isVoiceSupported('qwen3.8-omni-flash-realtime', '')).toBe(false);
});
