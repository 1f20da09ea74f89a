/**
 * Cancel by the client, wherever it strikes: holds stop the answer between two events. Protocol reference §3.7,
 * §5.4.
 */
import { describe, expect, it } from 'vitest';
import { answering, asked } from './support/asked-session.js';
import { append, cancel, commit, create, createWith, MODEL_OF, SPEECH } from './support/client-messages.js';
import { at, errorsOf, joined, response, SPOKEN_ITEM, spokenShape } from './support/seen-responses.js';
import { typesOf } from './support/session-driver.js';

const NONE_ACTIVE = { type: 'invalid_request_error', message: 'Conversation has none active response' };
const CLOSING = [
  'response.audio_transcript.done',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
];

describe('cancel by the client (§5.4)', () => {
  it.each(Object.entries(MODEL_OF))('%s: closing events with what was produced', (family, model) => {
    const { session, begun } = answering(model, 'response.cancel');
    const rest = session.send(cancel);
    const done = family === 'omni35' ? [] : ['response.done'];
    expect(typesOf(rest)).toEqual([...CLOSING, ...done]);
    const words = joined(begun, 'response.audio_transcript.delta');
    expect(rest[0]?.['transcript']).toBe(words);
    expect(at(rest[2], 'part.text')).toBe(words);
    expect(at(rest[3], 'item')).toMatchObject({
      status: 'incomplete',
      content: [{ type: 'audio', text: words }],
    });
    if (family !== 'omni35') {
      expect(at(rest[4], 'response')).toMatchObject({
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'client_cancelled' },
        output: [{ status: 'incomplete', content: [{ type: 'audio', transcript: words }] }],
        usage: { output_tokens_details: { audio_tokens: 5 } },
      });
    }
    expect(errorsOf(session.send(cancel))).toEqual([NONE_ACTIVE]);
    expect(spokenShape(session.send(create))).toEqual(response(SPOKEN_ITEM));
  });

  it('with nothing active is refused, and a clean turn after it completes', () => {
    const session = asked();
    expect(errorsOf(session.send(cancel))).toEqual([NONE_ACTIVE]);
    session.send(append(SPEECH));
    session.send(commit);
    expect(spokenShape(session.send(create))).toEqual(response(SPOKEN_ITEM));
    expect(errorsOf(session.send(cancel))).toEqual([NONE_ACTIVE]);
  });

  it('right after response.created there is nothing to close', () => {
    const after = { event: 'response.created' } as const;
    const session = asked({ holds: [{ after, until: { event: 'response.cancel' } }] }, MODEL_OF.omni38);
    expect(typesOf(session.send(create))).toEqual(['response.created']);
    const rest = session.send(cancel);
    expect(typesOf(rest)).toEqual(['response.done']);
    expect(at(rest[0], 'response.output')).toEqual([]);
  });

  it('between two items closes nothing twice', () => {
    const after = { event: 'response.output_item.done' } as const;
    const script = { replies: [{ text: 'One.', toolCalls: [{ name: 'f', arguments: '{}' }] }] };
    const session = asked(
      { ...script, holds: [{ after, until: { event: 'response.cancel' } }] },
      MODEL_OF.omni38,
    );
    session.send(create);
    const rest = session.send(cancel);
    expect(typesOf(rest)).toEqual(['response.done']);
    expect(at(rest[0], 'response.output.length')).toBe(1);
  });

  it('of a text answer closes text', () => {
    const after = { event: 'response.text.delta' } as const;
    const session = asked({ holds: [{ after, until: { event: 'response.cancel' } }] }, MODEL_OF.omni38);
    const begun = session.send(createWith({ modalities: ['text'] }));
    const rest = session.send(cancel);
    expect(typesOf(rest)).toEqual([
      'response.text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(rest[0]?.['text']).toBe(begun.at(-1)?.['delta']);
  });
});
