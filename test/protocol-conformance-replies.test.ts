/**
 * What decides the content of a response: the script, max_tokens, the output format. Protocol reference §2.4,
 * §4.19, §4.23, §11.12.
 */
import { describe, expect, it } from 'vitest';
import { asked } from './support/asked-session.js';
import { create, MODEL_OF, update } from './support/client-messages.js';
import {
  at,
  audioBytes,
  audioSamples,
  joined,
  ofType,
  only,
  response,
  SPOKEN_ITEM,
} from './support/seen-responses.js';

const VOICE = Int16Array.from({ length: 16_000 }, (_, index) => ((index * 37) % 2000) - 1000);

describe('scripted replies', () => {
  it('that say only how it arrives leave the words to the generator', () => {
    const plain = asked();
    const late = asked({ replies: [{ delivery: { firstDeltaMs: 2_000 } }] });
    const words = [plain, late].map((session) => {
      const answer = session.send(create);
      return only(answer, 'response.audio_transcript.done')['transcript'];
    });
    expect(words[0]).toMatch(/\w/);
    expect(words[1]).toBe(words[0]);
    expect(late.state.queue.nowMs - plain.state.queue.nowMs).toBe(1_700);
  });

  it('plays a voice sample by sample, at the output rate', () => {
    const script = { replies: [{ text: 'Listen to this.', wav: VOICE }] };
    const session = asked(script);
    session.send(update({ audio: { output: { format: { type: 'pcm', sample_rate: 16_000 } } } }));
    expect(audioSamples(session.send(create))).toEqual(VOICE);
    expect(audioSamples(asked(script).send(create))).toHaveLength(24_000);
  });

  it('cuts the voice into chunks of 200 ms, or as asked', () => {
    const lengths = (audioChunkMs?: number) => {
      const delivery = audioChunkMs === undefined ? {} : { audioChunkMs };
      const answer = asked({ replies: [{ text: 'a', wav: VOICE, delivery }] }).send(create);
      return ofType(answer, 'response.audio.delta').map(
        (event) => Buffer.from(String(event['delta']), 'base64').length,
      );
    };
    expect(lengths()).toEqual([9600, 9600, 9600, 9600, 9600]);
    expect(lengths(300)).toEqual([14_400, 14_400, 14_400, 4800]);
  });

  it('ends as failed, with the error in status_details', () => {
    const error = { code: 'internal', message: 'It broke.' };
    const answer = asked({ replies: [{ text: 'Well', failed: error }] }).send(create);
    expect(at(only(answer, 'response.done'), 'response')).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error },
    });
  });

  it('ends as incomplete for a reason', () => {
    const answer = asked({ replies: [{ text: 'Well', incomplete: 'content_filter' }] }).send(create);
    expect(at(only(answer, 'response.done'), 'response')).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'content_filter' },
      output: [{ status: 'incomplete' }],
    });
  });

  it('answers with a refusal and no response; the next create is answered by the next reply', () => {
    const session = asked({ replies: [{ refusal: 'model-failure' }, { text: 'Now it works.' }] });
    expect(session.send(create)).toMatchObject([
      {
        type: 'error',
        error: {
          type: 'server_error',
          code: 'InternalError.Algo.ModelServingError',
          message: '<50002> InternalError.Algo.ModelServingError',
        },
      },
    ]);
    expect(joined(session.send(create), 'response.audio_transcript.delta')).toBe('Now it works.');
  });

  it('an empty text gives an item without deltas', () => {
    const answer = asked({ replies: [{ text: '' }] }).send(create);
    expect(answer.map((event) => event.type)).toEqual(response(SPOKEN_ITEM));
  });
});

describe('usage and max_tokens (§11.12, Q37)', () => {
  it.each(Object.values(MODEL_OF))('sums hold and only what occurred is listed: %s', (model) => {
    const session = asked({}, model);
    const usage = at(only(session.send(create), 'response.done'), 'response.usage') as Record<
      string,
      Record<string, number> & number
    >;
    const sum = (details: Record<string, number> | undefined) =>
      Object.values(details ?? {}).reduce((a, b) => a + b, 0);
    expect(usage['total_tokens']).toBe(Number(usage['input_tokens']) + Number(usage['output_tokens']));
    expect(sum(usage['input_tokens_details'])).toBe(usage['input_tokens']);
    expect(sum(usage['output_tokens_details'])).toBe(usage['output_tokens']);
    expect(Object.keys(usage['input_tokens_details'] ?? {})).toEqual(['text_tokens']);
    expect(Object.keys(usage['output_tokens_details'] ?? {})).toEqual(['text_tokens', 'audio_tokens']);
  });

  it('cuts an answer after so many text tokens of four bytes', () => {
    const session = asked({ replies: [{ text: 'abcdefghijklmnopqrstuvwxyz' }] });
    session.send(update({ max_tokens: 3, modalities: ['text'] }));
    const answer = session.send(create);
    expect(joined(answer, 'response.text.delta')).toBe('abcdefghijkl');
    expect(at(only(answer, 'response.done'), 'response')).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ type: 'text', text: 'abcdefghijkl' }] }],
      usage: { output_tokens: 3 },
    });
  });

  it('never splits a character, and cuts the voice with the words', () => {
    const session = asked({ replies: [{ text: '好好好', wav: VOICE }] });
    session.send(update({ max_tokens: 1 }));
    const answer = session.send(create);
    expect(joined(answer, 'response.audio_transcript.delta')).toBe('好');
    expect(audioSamples(answer).length).toBe(8000);
  });
});

describe('output formats (§2.4, §4.19)', () => {
  it('nested rates hold on OMNI35 and are ignored on FLASH3', () => {
    const samplesAt = (model: string) => {
      const session = asked({ replies: [{ text: 'a', wav: VOICE }] }, model);
      session.send(update({ audio: { output: { format: { type: 'pcm', sample_rate: 8000 } } } }));
      return audioSamples(session.send(create)).length;
    };
    expect(samplesAt(MODEL_OF.omni35)).toBe(8000);
    expect(samplesAt(MODEL_OF.flash3)).toBe(24_000);
  });

  it('wav begins with one streaming header per response', () => {
    const items = [{ message: { text: 'a', wav: VOICE } }, { message: { text: 'b', wav: VOICE } }];
    const session = asked({ replies: [{ items }] });
    session.send(update({ audio: { output: { format: { type: 'wav', sample_rate: 16_000 } } } }));
    const bytes = Buffer.from(audioBytes(session.send(create)));
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
    expect(bytes.readUInt32LE(4)).toBe(0xffffffff);
    expect(bytes.indexOf('RIFF', 4)).toBe(-1);
    expect(bytes).toHaveLength(44 + 4 * VOICE.length);
  });
});
