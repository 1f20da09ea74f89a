import { describe, expect, test } from 'vitest';
import { fakeServer, greet, manualClock } from '../../test/support/client-fakes.js';
import { OmniRealtimeConversation } from './conversation.js';
import type { ConversationOptions } from './conversation-options.js';
import { countingEventIds } from './event-ids.js';
import { AudioFormat, MultiModality } from './update-values.js';

const FIRST_ID = 'event_00000000000000000000000000000001';

/** What `speak` makes the client put on the wire, as text. */
async function wire(
  speak: (conversation: OmniRealtimeConversation) => void,
  options: Partial<ConversationOptions> = {},
): Promise<string[]> {
  const server = fakeServer(greet);
  const conversation = new OmniRealtimeConversation({
    model: 'qwen3-omni-flash-realtime',
    apiKey: 'sk-test',
    transport: server.transport,
    clock: manualClock(),
    eventIds: countingEventIds(),
    ...options,
  });
  await conversation.connect();
  speak(conversation);
  return server.connection.sent.map((event) => JSON.stringify(event));
}

const sent = (type: string, fields: Record<string, unknown> = {}) =>
  JSON.stringify({ event_id: FIRST_ID, type, ...fields });

describe('what each method sends', () => {
  test('updateSession: the defaults of the Python SDK, nulls included', async () => {
    expect(
      await wire((c) => c.updateSession({ outputModalities: [MultiModality.AUDIO, MultiModality.TEXT] })),
    ).toEqual([
      `{"event_id":"${FIRST_ID}","type":"session.update","session":{` +
        '"modalities":["audio","text"],"voice":null,"input_audio_format":"pcm16","output_audio_format":"pcm16",' +
        '"input_audio_transcription":{"model":null},' +
        '"turn_detection":{"type":"server_vad","threshold":0.2,"prefix_padding_ms":300,"silence_duration_ms":800}}}',
    ]);
  });

  test('updateSession: manual mode, and every parameter under its wire name', async () => {
    const [text] = await wire((c) =>
      c.updateSession({
        outputModalities: ['text'],
        voice: 'Ethan',
        inputAudioFormat: AudioFormat.PCM_16000HZ_MONO_16BIT,
        outputAudioFormat: 'pcm24',
        enableInputAudioTranscription: false,
        enableTurnDetection: false,
        instructions: 'Be brief.',
        smoothOutput: null,
        temperature: 0.9,
        topP: 1,
        topK: null,
        maxTokens: 100,
        repetitionPenalty: 1.05,
        presencePenalty: -2,
        seed: 0,
        toolChoice: 'auto',
        enableSearch: false,
        searchOptions: { enable_source: true },
        extra: { a_new_key: 1 },
      }),
    );
    expect(JSON.parse(text ?? '')).toEqual({
      event_id: FIRST_ID,
      type: 'session.update',
      session: {
        modalities: ['text'],
        voice: 'Ethan',
        input_audio_format: 'pcm16',
        output_audio_format: 'pcm24',
        input_audio_transcription: null,
        turn_detection: null,
        instructions: 'Be brief.',
        smooth_output: null,
        temperature: 0.9,
        top_p: 1,
        top_k: null,
        max_tokens: 100,
        repetition_penalty: 1.05,
        presence_penalty: -2,
        seed: 0,
        tool_choice: 'auto',
        enable_search: false,
        search_options: { enable_source: true },
        a_new_key: 1,
      },
    });
  });

  test('updateSession: turnDetectionParam is laid over the others', async () => {
    const [text] = await wire((c) =>
      c.updateSession({
        outputModalities: ['text'],
        inputAudioTranscriptionModel: 'gummy-realtime-v1',
        prefixPaddingMs: 100,
        turnDetectionThreshold: 0.5,
        turnDetectionParam: { silence_duration_ms: 200, interrupt_response: false },
      }),
    );
    expect(JSON.parse(text ?? '').session).toMatchObject({
      input_audio_transcription: { model: 'gummy-realtime-v1' },
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 100,
        silence_duration_ms: 200,
        interrupt_response: false,
      },
    });
  });

  test('appendAudio: base64, bytes and samples are the same audio', async () => {
    for (const audio of ['AQD//w==', Uint8Array.of(1, 0, 255, 255), Int16Array.of(1, -1)]) {
      expect(await wire((c) => c.appendAudio(audio))).toEqual([
        sent('input_audio_buffer.append', { audio: 'AQD//w==' }),
      ]);
    }
  });

  test('createResponse: null instructions unless given', async () => {
    expect(await wire((c) => c.createResponse())).toEqual([
      sent('response.create', { response: { instructions: null } }),
    ]);
    expect(
      await wire((c) => c.createResponse({ instructions: 'Sing.', outputModalities: ['text'] })),
    ).toEqual([sent('response.create', { response: { instructions: 'Sing.', modalities: ['text'] } })]);
  });

  test('the events without fields', async () => {
    expect(await wire((c) => c.commit())).toEqual([sent('input_audio_buffer.commit')]);
    expect(await wire((c) => c.clearAppendedAudio())).toEqual([sent('input_audio_buffer.clear')]);
    expect(await wire((c) => c.cancelResponse())).toEqual([sent('response.cancel')]);
    expect(await wire((c) => void c.endSession().catch(() => {}))).toEqual([sent('session.finish')]);
  });

  test('createItem and sendRaw', async () => {
    const item = { type: 'function_call_output', call_id: 'call_1', output: '{}' };
    expect(await wire((c) => c.createItem(item))).toEqual([sent('conversation.item.create', { item })]);
    expect(await wire((c) => c.sendRaw({ type: 'anything', x: 1 }))).toEqual([sent('anything', { x: 1 })]);
    expect(await wire((c) => c.sendRaw({ type: 'anything', event_id: 'mine' }))).toEqual([
      '{"type":"anything","event_id":"mine"}',
    ]);
    expect(await wire((c) => c.sendRaw('{"no":"type"}'))).toEqual(['{"no":"type"}']);
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    await expect(wire((c) => c.sendRaw(cycle))).rejects.toMatchObject({ code: 'E_INVALID_EVENT' });
  });
});

describe('validation', () => {
  const mistakes: ((c: OmniRealtimeConversation) => void)[] = [
    (c) => c.updateSession({ outputModalities: ['audio'] }),
    (c) => c.appendAudio('not base64'),
    (c) => c.appendVideo(Uint8Array.of(1, 2, 3)),
    (c) => c.createResponse({ outputModalities: ['audio'] }),
    (c) => c.createItem({ type: 'nothing known' }),
  ];

  test('mistakes are thrown back before they are sent', async () => {
    for (const mistake of mistakes) {
      expect(
        await wire((c) =>
          expect(() => mistake(c)).toThrow(
            expect.objectContaining({ code: expect.stringMatching(/^E_INVALID_/) }),
          ),
        ),
      ).toEqual([]);
    }
  });

  test('validate: false sends them', async () => {
    for (const mistake of mistakes) expect(await wire(mistake, { validate: false })).toHaveLength(1);
  });
});
