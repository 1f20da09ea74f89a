/**
 * What a session says first: session.created and session.updated per family, key by key. Protocol reference §2.2,
 * §4.2, §4.3, §11.10.
 */
import { describe, expect, it } from 'vitest';
import { ALL_MODELS, functionTool, MODEL_OF, update } from './support/client-messages.js';
import { keyPaths, SessionDriver, typesOf } from './support/session-driver.js';

const VAD_DEFAULTS = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 800,
  create_response: true,
  interrupt_response: true,
};
const CAPTURED = {
  object: 'realtime.session',
  modalities: ['text', 'audio'],
  voice: 'Tina',
  input_audio_format: 'pcm',
  output_audio_format: 'pcm',
  input_audio_transcription: { model: 'qwen3-asr-flash-realtime' },
  turn_detection: VAD_DEFAULTS,
};
const DOCUMENTED = {
  ...CAPTURED,
  input_audio_format: 'pcm16',
  input_audio_transcription: { model: 'gummy-realtime-v1' },
  tools: [],
  tool_choice: 'auto',
  temperature: 0.8,
};
const CREATED = {
  turbo: { ...DOCUMENTED, voice: 'Chelsie', output_audio_format: 'pcm16' },
  flash3: { ...DOCUMENTED, voice: 'Cherry', output_audio_format: 'pcm24' },
  omni35: CAPTURED,
  omni38: CAPTURED,
};
const FLASH3_SAMPLING = {
  temperature: 0.9,
  top_p: 1,
  top_k: 50,
  max_tokens: 16_384,
  repetition_penalty: 1.05,
  presence_penalty: 0,
  seed: -1,
  max_response_output_token: 'inf',
};

function sessionOf(events: SessionDriver['events']): Record<string, unknown> {
  return events[0]?.['session'] as Record<string, unknown>;
}

function withoutId({ id, ...session }: Record<string, unknown>): Record<string, unknown> {
  expect(id).toMatch(/^sess_/);
  return session;
}

describe('session.created', () => {
  it.each(ALL_MODELS)('%s shows exactly the documented or captured object', (model, family) => {
    const session = new SessionDriver({ model });
    expect(typesOf(session.events)).toEqual(['session.created']);
    expect(withoutId(sessionOf(session.events))).toEqual({ ...CREATED[family], model });
  });
});

describe('session.updated shows the whole object again, nulls as missing keys', () => {
  it.each(Object.entries(MODEL_OF))('%s after an update without content', (family, model) => {
    const expected = CREATED[family as keyof typeof CREATED];
    const sampling = family === 'flash3' ? FLASH3_SAMPLING : {};
    const updated = new SessionDriver({ model }).send(update({}));
    expect(typesOf(updated)).toEqual(['session.updated']);
    const shown = withoutId(sessionOf(updated));
    expect(shown).toEqual({ ...expected, ...sampling, model });
  });

  it.each(Object.values(MODEL_OF))('%s in manual mode without transcription has neither key', (model) => {
    const session = new SessionDriver({ model });
    const updated = session.send(
      update({ turn_detection: null, input_audio_transcription: null, voice: null }),
    );
    const keys = Object.keys(sessionOf(updated));
    expect(keys).not.toContain('turn_detection');
    expect(keys).not.toContain('input_audio_transcription');
    expect(sessionOf(updated)['voice']).toBe(sessionOf(session.events)['voice']);
    const again = sessionOf(session.send(update({ turn_detection: {} })));
    expect(again['turn_detection']).toEqual(VAD_DEFAULTS);
  });

  it('a partial turn_detection resets nothing else', () => {
    const session = new SessionDriver();
    session.send(update({ turn_detection: { silence_duration_ms: 500 } }));
    const updated = session.send(update({ turn_detection: { threshold: 0.2 } }));
    expect(sessionOf(updated)['turn_detection']).toEqual({
      ...VAD_DEFAULTS,
      silence_duration_ms: 500,
      threshold: 0.2,
    });
  });

  it('shows what was set and nothing else', () => {
    const session = new SessionDriver();
    const before = keyPaths(session.events[0]);
    const set = {
      instructions: 'Be brief.',
      max_tokens: 64,
      tool_choice: 'auto',
      audio: { input: { format: { type: 'pcm', sample_rate: 24_000 } } },
    };
    const after = keyPaths(session.send(update(set))[0]);
    expect(after.filter((path) => !before.includes(path))).toEqual([
      'session.audio',
      'session.audio.input',
      'session.audio.input.format',
      'session.audio.input.format.sample_rate',
      'session.audio.input.format.type',
      'session.instructions',
      'session.max_tokens',
      'session.tool_choice',
    ]);
  });

  it.each([MODEL_OF.turbo, MODEL_OF.flash3])(
    '%s silently takes no tools, no search and no nested audio',
    (model) => {
      const set = {
        tools: [functionTool('clock')],
        enable_search: true,
        audio: { output: { format: { type: 'wav' } } },
      };
      const shown = sessionOf(new SessionDriver({ model }).send(update(set)));
      expect(shown['tools']).toEqual([]);
      expect(Object.keys(shown)).not.toContain('audio');
      expect(Object.keys(shown)).not.toContain('enable_search');
    },
  );
});
