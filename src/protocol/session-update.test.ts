import { describe, expect, test } from 'vitest';
import {
  applySessionUpdate,
  initialSettings,
  type Quirks,
  resolveQuirks,
  type SessionSettings,
  type UpdateContext,
} from './index.js';

const OMNI35 = 'qwen3.5-omni-plus-realtime';
const OMNI38 = 'qwen3.8-omni-flash-realtime';
const FLASH3 = 'qwen3-omni-flash-realtime';
const TURBO = 'qwen-omni-turbo-realtime';

/** A session that takes one update after the other. */
function session(model: string, state: Partial<UpdateContext> = {}, overrides: Partial<Quirks> = {}) {
  const family = initialSettings(model, resolveQuirks('omni35')).family;
  const quirks = resolveQuirks(family, overrides);
  let settings: SessionSettings = initialSettings(model, quirks);
  const context = { inputStarted: false, audioProduced: false, responseActive: false, quirks, ...state };
  return {
    send(update: unknown) {
      const result = applySessionUpdate(settings, update, context);
      if (result.ok) settings = result.settings;
      return result.ok ? 'session.updated' : [result.refusal.id, result.refusal.error.param];
    },
    refusal(update: unknown) {
      const result = applySessionUpdate(settings, update, context);
      return result.ok ? undefined : result.refusal;
    },
    get settings() {
      return settings;
    },
  };
}

describe('what the official SDKs send', () => {
  test('the Python defaults, nulls included, are accepted by every family', () => {
    for (const model of [TURBO, FLASH3, OMNI35, OMNI38]) {
      const client = session(model);
      const update = {
        modalities: ['audio', 'text'],
        voice: null,
        input_audio_format: 'pcm16',
        output_audio_format: 'pcm16',
        input_audio_transcription: { model: null },
        turn_detection: {
          type: 'server_vad',
          threshold: 0.2,
          prefix_padding_ms: 300,
          silence_duration_ms: 800,
        },
      };
      expect(client.send(update)).toBe('session.updated');
      expect(client.settings.voice).toBe(session(model).settings.voice);
      expect(client.settings.turnDetection).toMatchObject({ threshold: 0.2, create_response: true });
      expect(client.settings.transcription).not.toBeNull();
    }
  });

  test('unknown keys are ignored, whatever they hold', () => {
    const client = session(OMNI35);
    const stray = { turn_detection_threshold: 'x', max_response_output_tokens: 'inf', type: 'realtime' };
    expect(client.send(stray)).toBe('session.updated');
    expect(client.settings).toEqual(session(OMNI35).settings);
  });
});

describe('merging', () => {
  test('a partial turn_detection keeps its other fields', () => {
    const client = session(OMNI35);
    client.send({ turn_detection: { silence_duration_ms: 500, create_response: false } });
    client.send({ turn_detection: { threshold: 0.1 } });
    expect(client.settings.turnDetection).toEqual({
      type: 'server_vad',
      threshold: 0.1,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
      create_response: false,
      interrupt_response: true,
    });
  });

  test('an object sent in manual mode switches detection on with the defaults', () => {
    const client = session(OMNI35);
    client.send({ turn_detection: { silence_duration_ms: 500 } });
    client.send({ turn_detection: null });
    expect(client.settings.turnDetection).toBeNull();
    client.send({ instructions: 'Be brief.' });
    expect(client.settings.turnDetection).toBeNull();
    client.send({ turn_detection: { threshold: 0 } });
    expect(client.settings.turnDetection).toMatchObject({ threshold: 0, silence_duration_ms: 800 });
  });

  test('idle_timeout_ms goes when semantic_vad comes, and is ignored with it', () => {
    const client = session(OMNI35);
    client.send({ turn_detection: { idle_timeout_ms: 5000 } });
    expect(client.settings.turnDetection?.idle_timeout_ms).toBe(5000);
    client.send({ turn_detection: { type: 'semantic_vad' } });
    expect(client.settings.turnDetection?.idle_timeout_ms).toBeUndefined();
    expect(client.send({ turn_detection: { idle_timeout_ms: 1 } })).toBe('session.updated');
    expect(client.send({ turn_detection: { type: 'server_vad', idle_timeout_ms: 1 } })).toEqual([
      'ERR29',
      'session.turn_detection.idle_timeout_ms',
    ]);
  });

  test('null clears instructions, tools and transcription', () => {
    const client = session(OMNI35);
    client.send({ instructions: 'Be brief.', tools: [{ type: 'function', function: { name: 'look_up' } }] });
    client.send({ instructions: null, tools: null, input_audio_transcription: null });
    expect(client.settings).toMatchObject({ instructions: undefined, tools: [], transcription: null });
  });
});

describe('order and refusal', () => {
  test('the first row of the table wins, and nothing changes', () => {
    const client = session(OMNI35);
    const before = client.settings;
    const update = { seed: -2, temperature: 2, voice: 'Cherry', modalities: ['audio'], instructions: 'x' };
    expect(client.send(update)).toEqual(['ERR1', 'session.modalities']);
    expect(client.settings).toBe(before);
    expect(client.refusal(update)?.error.message).toBe(
      "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].",
    );
    expect(client.send({ ...update, modalities: ['text'] })).toEqual(['ERR13', undefined]);
    expect(client.send({ seed: -2, temperature: 2 })).toEqual(['ERR29', 'session.temperature']);
  });

  test('OMNI38 wants a session, the others do not', () => {
    expect(session(OMNI38).send(undefined)).toEqual(['ERR38', 'session']);
    expect(session(OMNI35).send(undefined)).toBe('session.updated');
    expect(session(OMNI35).send([])).toEqual(['ERR38', 'session']);
  });

  test('tools and search exclude each other, whichever comes second', () => {
    const tools = [{ type: 'function', name: 'flat_tool' }];
    const searching = session(OMNI35);
    searching.send({ enable_search: true });
    expect(searching.send({ tools })).toEqual(['ERR30', 'session.enable_search']);
    const calling = session(OMNI35);
    calling.send({ tools });
    expect(calling.send({ enable_search: true })).toEqual(['ERR30', 'session.enable_search']);
    expect(calling.send({ enable_search: true, tools: [] })).toBe('session.updated');
  });

  test('a tool without a name is named by its place', () => {
    const tools = [
      { type: 'function', function: { name: 'a' } },
      { type: 'function', function: {} },
    ];
    expect(session(OMNI35).send({ tools })).toEqual(['ERR29', 'session.tools[1]']);
    expect(session(TURBO).send({ tools })).toBe('session.updated');
    expect(session(TURBO).settings.tools).toEqual([]);
  });
});

describe('voices', () => {
  test('TURBO and FLASH3 refuse at the update, OMNI35 closes too, OMNI38 defers', () => {
    expect(session(TURBO).refusal({ voice: 'Tina' })).toMatchObject({ slug: 'voice-unsupported' });
    expect(session(FLASH3).refusal({ voice: '' })).toMatchObject({
      error: { code: 'invalid_value', message: "Voice '' is not supported.", param: 'session.voice' },
    });
    const message = "<400> InternalError.Algo.InvalidParameter: Voice 'Cherry' is not supported.";
    expect(session(OMNI35).refusal({ voice: 'Cherry' })).toMatchObject({
      error: { code: 'InternalError.Algo.InvalidParameter', message },
      close: { code: 1007, reason: message },
    });
    const deferring = session(OMNI38);
    expect(deferring.send({ voice: 'Cherry' })).toBe('session.updated');
    expect(deferring.settings).toMatchObject({ voice: 'Cherry', voiceSupported: false });
  });

  test('snapshots differ', () => {
    expect(session(FLASH3).send({ voice: 'Momo' })).toBe('session.updated');
    expect(session('qwen3-omni-flash-realtime-2025-09-15').send({ voice: 'Momo' })).toEqual([
      'ERR13',
      'session.voice',
    ]);
  });

  test('audio.output.voice wins on OMNI38 and is ignored on OMNI35', () => {
    const update = { voice: 'Maia', audio: { output: { voice: 'Zane' } } };
    const omni38 = session(OMNI38);
    omni38.send(update);
    expect(omni38.settings.voice).toBe('Zane');
    omni38.send({ voice: 'Serena' });
    expect(omni38.settings.voice).toBe('Zane');
    const omni35 = session(OMNI35);
    omni35.send(update);
    expect(omni35.settings.voice).toBe('Maia');
  });

  test('frozen after the first audio, unless it stays the same', () => {
    const client = session(OMNI35, { audioProduced: true });
    expect(client.send({ voice: 'Tina' })).toBe('session.updated');
    expect(client.refusal({ voice: 'Ethan' })?.error).toEqual({
      type: 'invalid_request_error',
      code: 'cannot_update_voice',
      message: 'Cannot update the voice after audio has been generated.',
      param: 'session.voice',
    });
  });
});

describe('formats', () => {
  test('nested formats drive OMNI35 and are ignored silently on FLASH3', () => {
    const update = { audio: { input: { format: { type: 'wav', sample_rate: 24_000 } } } };
    const omni35 = session(OMNI35);
    omni35.send(update);
    expect(omni35.settings.input).toEqual({
      label: 'pcm',
      container: 'wav',
      sampleRateHz: 24_000,
      channels: 1,
    });
    const flash3 = session(FLASH3);
    expect(flash3.send({ audio: { input: null } })).toBe('session.updated');
    flash3.send(update);
    expect(flash3.settings).toEqual(session(FLASH3).settings);
  });

  test('several channels go with pcm at 16 kHz only, set before or after', () => {
    const client = session(OMNI38);
    const format = (fields: object) => ({ audio: { input: { format: fields } } });
    client.send(format({ sample_rate: 24_000 }));
    expect(client.send(format({ channels: 2 }))).toEqual(['ERR29', 'session.audio.input.format.sample_rate']);
    expect(client.send(format({ channels: 2, sample_rate: 16_000, channel_layout: 'mono' }))).toEqual([
      'ERR2',
      'session.audio.input.format.channel_layout',
    ]);
    client.send(format({ type: 'wav', sample_rate: 16_000 }));
    expect(client.send(format({ channels: 2 }))).toEqual(['ERR2', 'session.audio.input.format.type']);
    client.send(format({ type: 'pcm' }));
    const described = {
      channels: 4,
      sample_rate: 16_000,
      channel_layout: 'foa_ambix',
      packing: 'interleaved',
    };
    expect(client.send(format(described))).toBe('session.updated');
    expect(client.send(format({ type: 'wav' }))).toEqual(['ERR2', 'session.audio.input.format.type']);
    expect(client.send(format({ packing: null }))).toEqual(['ERR2', 'session.audio.input.format.packing']);
    client.send(format({ channels: 1 }));
    expect(client.settings.explicit.inputFormat?.channel_layout).toBe('mono');
  });

  test('frozen after the first append, unless they stay the same', () => {
    const client = session(OMNI35, { inputStarted: true });
    expect(client.send({ input_audio_format: 'pcm' })).toBe('session.updated');
    expect(client.refusal({ audio: { input: { format: { sample_rate: 8_000 } } } })?.error).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'Audio format cannot be changed after audio input has started.',
      param: 'session.audio.input.format',
    });
  });

  test('an unknown label lists what is supported', () => {
    expect(session(OMNI35).refusal({ input_audio_format: 'opus' })?.error).toEqual({
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: "Invalid value: 'opus'. Supported values are: 'pcm', 'pcm16'.",
      param: 'session.input_audio_format',
    });
  });
});

describe('sampling', () => {
  test('TURBO ignores all seven, valid or not', () => {
    const client = session(TURBO);
    expect(client.send({ temperature: 99, top_p: 'x', seed: {}, max_tokens: 1 })).toBe('session.updated');
    expect(client.settings).toEqual(session(TURBO).settings);
  });

  test('out of range: refused, clamped or ignored, as the quirk says', () => {
    expect(session(OMNI35).refusal({ temperature: 2 })?.error.message).toBe(
      'Invalid value: 2. Expected a value in range [0, 2).',
    );
    const clamping = session(OMNI35, {}, { outOfRange: 'clamp' });
    clamping.send({ temperature: 7, max_tokens: 1e9, turn_detection: { threshold: -5 } });
    expect(clamping.settings.sampling).toMatchObject({ temperature: 1.99, max_tokens: 16_384 });
    expect(clamping.settings.turnDetection?.threshold).toBe(-1);
    const ignoring = session(OMNI35, {}, { outOfRange: 'ignore' });
    ignoring.send({ temperature: 7, top_k: 3 });
    expect(ignoring.settings.sampling).toMatchObject({ temperature: 0.7, top_k: 3 });
    expect(ignoring.send({ temperature: '7' })).toEqual(['ERR29', 'session.temperature']);
  });
});

describe('MCP servers (OMNI38)', () => {
  const server = { type: 'mcp', server_label: 'files', server_url: 'https://tools.example.com/mcp' };

  test.each([
    ['a second server of the same label', [server, server], 'session.tools[1]'],
    ['a private address', [{ ...server, server_url: 'https://192.168.0.1/' }], 'session.tools[0]'],
    ['plain HTTP', [{ ...server, server_url: 'http://tools.example.com/' }], 'session.tools[0]'],
    ['user info', [{ ...server, server_url: 'https://me@tools.example.com/' }], 'session.tools[0]'],
    ['a forbidden header', [{ ...server, headers: { Cookie: 'a=b' } }], 'session.tools[0]'],
    ['a label with a space', [{ ...server, server_label: 'my files' }], 'session.tools[0]'],
  ])('%s is refused', (_, tools, param) => {
    expect(session(OMNI38).send({ tools })).toEqual(['ERR29', param]);
  });

  test('accepted when idle, not while a response is active, never on OMNI35', () => {
    expect(session(OMNI38).send({ tools: [server] })).toBe('session.updated');
    expect(session(OMNI38, { responseActive: true }).send({ tools: [server] })).toEqual([
      'ERR29',
      'session.tools',
    ]);
    expect(session(OMNI35).send({ tools: [server] })).toEqual(['ERR29', 'session.tools[0]']);
  });
});
