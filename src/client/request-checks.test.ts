import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../media/index.js';
import { LIMITS } from '../protocol/index.js';
import { RequestChecks } from './request-checks.js';
import { sessionFromOptions, type UpdateSessionOptions } from './update-session.js';

const FLASH3 = new RequestChecks('qwen3-omni-flash-realtime');
const TURBO = new RequestChecks('qwen-omni-turbo-realtime');
const OMNI35 = new RequestChecks('qwen3.5-omni-plus-realtime');
const UNKNOWN = new RequestChecks('a-model-of-the-future');

const session = (options: Partial<UpdateSessionOptions>) =>
  sessionFromOptions({ outputModalities: ['text', 'audio'], ...options });
const refused = (code: string, details: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const jpeg = (name: string) =>
  readFileSync(new URL(`../../test/fixtures/images/${name}.jpg`, import.meta.url));

describe('session.update', () => {
  test('what the SDKs send by default passes for every family', () => {
    for (const checks of [FLASH3, TURBO, OMNI35, UNKNOWN]) {
      checks.session(session({}));
      checks.session(session({ enableTurnDetection: false, enableInputAudioTranscription: false }));
    }
  });

  test.each([
    ['modalities without text', { outputModalities: ['audio'] }, 'session.modalities'],
    ['a voice of another family', { voice: 'Tina' }, 'session.voice'],
    ['a threshold out of range', { turnDetectionThreshold: 1.01 }, 'session.turn_detection.threshold'],
    [
      'a silence too short',
      { turnDetectionSilenceDurationMs: 199 },
      'session.turn_detection.silence_duration_ms',
    ],
    ['a detector of another family', { turnDetectionType: 'semantic_vad' }, 'session.turn_detection.type'],
    ['a temperature out of range', { temperature: 2 }, 'session.temperature'],
    ['a top_p out of range', { topP: 0 }, 'session.top_p'],
    ['a seed out of range', { seed: 2 ** 31 }, 'session.seed'],
  ] as const)('%s is refused, with the field at fault', (_what, options, param) => {
    const wanted = session(options as Partial<UpdateSessionOptions>);
    expect(() => FLASH3.session(wanted)).toThrow(refused('E_INVALID_SESSION', { param }));
    UNKNOWN.session(wanted);
  });

  test.each(['temperature', 'topP', 'topK', 'maxTokens', 'repetitionPenalty', 'presencePenalty', 'seed'])(
    'Turbo models do not allow changes to %s',
    (name) => {
      const wanted = session({ [name]: 1 });
      expect(() => TURBO.session(wanted)).toThrow(refused('E_INVALID_SESSION'));
      FLASH3.session(wanted);
    },
  );

  test('tools and search together are refused', () => {
    const tools = [{ type: 'function', function: { name: 'get_time' } }];
    OMNI35.session(session({ tools }));
    expect(() => OMNI35.session(session({ tools, enableSearch: true }))).toThrow(
      refused('E_INVALID_SESSION', { param: 'session.enable_search' }),
    );
  });
});

describe('audio', () => {
  test.each(['', 'AQ', 'AQA=\n', 'data:audio/pcm;base64,AQAA', 'AQ-_', 'A==='])('"%s" is refused', (text) => {
    expect(() => FLASH3.audio(text, false)).toThrow(refused('E_INVALID_AUDIO'));
  });

  test('one append takes 15 MiB of text and not one character more', () => {
    const largest = 'A'.repeat(LIMITS.appendAudioChars);
    FLASH3.audio(largest, false);
    for (const isOwnEncoding of [true, false]) {
      expect(() => FLASH3.audio(`${largest}AAAA`, isOwnEncoding)).toThrow(refused('E_INVALID_AUDIO'));
    }
  });

  test('no bytes are no audio', () => {
    expect(() => FLASH3.audio('', true)).toThrow(refused('E_INVALID_AUDIO'));
  });
});

describe('images', () => {
  test('whole JPEGs up to 1080p pass', () => {
    for (const name of ['scene-640x480', 'scene-progressive-320x240', 'scene-1920x1080']) {
      OMNI35.image(encodeBase64(jpeg(name)));
    }
  });

  test('a truncated one, a PNG and one above 1080p are refused', () => {
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    expect(() => OMNI35.image(encodeBase64(jpeg('scene-truncated-640x480')))).toThrow(
      refused('E_INVALID_IMAGE', { reason: 'truncated' }),
    );
    expect(() => OMNI35.image(encodeBase64(png))).toThrow(refused('E_INVALID_IMAGE', { reason: 'not-jpeg' }));
    expect(() => OMNI35.image(encodeBase64(jpeg('scene-2000x1200')))).toThrow(
      refused('E_INVALID_IMAGE', { widthPx: 2000, heightPx: 1200 }),
    );
  });

  test('each family has its own limit of size', () => {
    // Bytes after EOI belong to nobody, so any size can be made of one picture.
    const sized = (sizeBytes: number) => encodeBase64(Buffer.concat([jpeg('scene-640x480')], sizeBytes));
    FLASH3.image(sized(LIMITS.imageRawBytes));
    expect(() => FLASH3.image(sized(LIMITS.imageRawBytes + 1))).toThrow(refused('E_INVALID_IMAGE'));
    OMNI35.image(sized((LIMITS.imageBase64Chars / 4) * 3));
    expect(() => OMNI35.image(sized((LIMITS.imageBase64Chars / 4) * 3 + 1))).toThrow(
      refused('E_INVALID_IMAGE'),
    );
    UNKNOWN.image(sized(LIMITS.imageRawBytes + 1));
  });
});

describe('items and responses', () => {
  test('items in the shapes of section 3.8 pass', () => {
    OMNI35.item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] });
    OMNI35.item({ type: 'function_call_output', call_id: 'call_1', output: '{}' });
  });

  test.each([[null], ['text'], [{}], [{ type: 'function_call_output', call_id: 7 }]])(
    '%j is no item',
    (item) => {
      expect(() => OMNI35.item(item)).toThrow(refused('E_INVALID_ITEM'));
    },
  );

  test.each([[[]], [['audio']], [['text', 'text']], [['text', 'video']]])(
    '%j are no modalities',
    (modalities) => {
      expect(() => OMNI35.modalities(modalities)).toThrow(refused('E_INVALID_RESPONSE'));
    },
  );
});
