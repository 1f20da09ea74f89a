/**
 * Every quirk of a session, every value of it: what a client sees. Those of the upgrade and of close frames are in
 * protocol-conformance-upgrade-quirks.test.ts. Protocol reference §11.15.
 */
import { describe, expect, it } from 'vitest';
import type { Quirks } from '../src/protocol/index.js';
import type { Scenario } from '../src/scenarios/index.js';
import { answering, asked } from './support/asked-session.js';
import {
  append,
  cancel,
  commit,
  create,
  finish,
  MODEL_OF,
  manual,
  pause,
  SPEAKING,
  SPEECH,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import { at, errorsOf, ofType, only, shapeOf } from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

const COMPLETED = 'conversation.item.input_audio_transcription.completed';
const MODELS = Object.values(MODEL_OF);

function session(quirks: Partial<Quirks>, model = MODEL_OF.omni38, more: Scenario = {}): SessionDriver {
  return new SessionDriver({ model, scenario: { ...more, quirks } });
}

/** A manual session that has committed speech, and what the commit caused. */
function committed(quirks: Partial<Quirks>, more: Scenario = {}) {
  const made = session(quirks, MODEL_OF.omni38, more);
  made.send(update({ turn_detection: null, modalities: ['text'] }));
  made.send(append(SPEECH));
  return { made, events: made.send(commit) };
}

describe('endings of responses and sessions', () => {
  it.each(MODELS)('emitDoneOnCancel decides on response.done for cancel and barge-in: %s', (model) => {
    for (const emitDoneOnCancel of [true, false]) {
      const { session: held } = answering(model, 'response.cancel', { quirks: { emitDoneOnCancel } });
      expect(typesOf(held.send(cancel)).includes('response.done')).toBe(emitDoneOnCancel);
    }
  });

  it.each([0, 1, 3])('lateDeltasAfterCancel %i', (lateDeltasAfterCancel) => {
    const { session: held } = answering(MODEL_OF.omni38, 'response.cancel', {
      quirks: { lateDeltasAfterCancel },
    });
    const types = typesOf(held.send(cancel));
    expect(types.findIndex((type) => !type.endsWith('.delta'))).toBe(lateDeltasAfterCancel);
  });

  it('refuseSessionFinish', () => {
    const refusing = session({ refuseSessionFinish: true });
    expect(errorsOf(refusing.send(finish))).toEqual([
      { type: 'invalid_request_error', message: "Invalid value: 'session.finish'." },
    ]);
    expect(typesOf(refusing.send(userText('Still here?')))).toEqual(['conversation.item.created']);
    expect(typesOf(session({}).send(finish))).toEqual(['session.finished']);
  });

  it.each([true, false])('closeAfterSessionFinish %s', (closeAfterSessionFinish) => {
    const finished = session({ closeAfterSessionFinish });
    finished.send(finish);
    expect(finished.close).toEqual(closeAfterSessionFinish ? { code: 1000, reason: '' } : undefined);
  });

  it('createDuringToolCall: refused, or queued until the response is done', () => {
    const after = { event: 'response.function_call_arguments.done' } as const;
    const calling = (createDuringToolCall: Quirks['createDuringToolCall']) => {
      const made = asked({
        replies: [{ toolCalls: [{ name: 'f', arguments: '{}' }] }],
        holds: [{ after, until: { event: 'response.create' } }],
        quirks: { createDuringToolCall },
      });
      made.send(create);
      return made.send(create);
    };
    expect(errorsOf(calling('refuse'))).toMatchObject([
      { message: 'Conversation already has an active response' },
    ]);
    expect(ofType(calling('refuse'), 'response.created')).toEqual([]);
    expect(errorsOf(calling('queue'))).toEqual([]);
    expect(typesOf(calling('queue')).slice(0, 3)).toEqual([
      'response.output_item.done',
      'response.done',
      'response.created',
    ]);
  });
});

describe('echoes', () => {
  it.each(MODELS)('sessionEcho captured or docs: %s', (model) => {
    const keys = (sessionEcho: Quirks['sessionEcho']) =>
      Object.keys(session({ sessionEcho }, model).events[0]?.['session'] ?? {});
    expect(keys('captured')).not.toContain('tool_choice');
    expect(keys('docs')).toEqual(expect.arrayContaining(['tools', 'tool_choice', 'temperature']));
  });

  it('echoErrorEventId, only when the client event had an id', () => {
    const echoing = session({ echoErrorEventId: true });
    expect(at(echoing.send({ ...cancel, event_id: 'e1' })[0], 'error.event_id')).toBe('e1');
    expect(at(echoing.send(cancel)[0], 'error.event_id')).toBeUndefined();
    expect(at(echoing.send({ type: 'nonsense', event_id: 'e2' })[0], 'error.event_id')).toBe('e2');
    expect(at(session({}).send({ ...cancel, event_id: 'e1' })[0], 'error.event_id')).toBeUndefined();
  });

  it.each([true, false])('echoClientItemIds %s', (echoClientItemIds) => {
    const id = at(session({ echoClientItemIds }).send(userText('Hello?', 'mine'))[0], 'item.id');
    expect(id === 'mine').toBe(echoClientItemIds);
  });

  it.each(['user', 'assistant'] as const)('userItemRole %s', (userItemRole) => {
    const { events } = committed({ userItemRole });
    expect(at(only(events, 'conversation.item.created'), 'item.role')).toBe(userItemRole);
  });

  it.each(['text', 'transcript'] as const)('audioItemKey %s', (audioItemKey) => {
    const answer = asked({ quirks: { audioItemKey } }).send(create);
    const [part] = at(only(answer, 'response.output_item.done'), 'item.content') as object[];
    expect(Object.keys(part ?? {}).sort()).toEqual([audioItemKey, 'type'].sort());
    expect(at(only(answer, 'response.done'), 'response.output.0.content.0.transcript')).toEqual(
      expect.any(String),
    );
  });

  it('outOfRange: reject, clamp or ignore', () => {
    const set = (outOfRange: Quirks['outOfRange']) => {
      const made = session({ outOfRange }, MODEL_OF.omni35);
      made.send(update({ max_tokens: 5 }));
      return made.send(update({ max_tokens: 99_999_999 }));
    };
    expect(errorsOf(set('reject'))).toMatchObject([{ code: 'invalid_value', param: 'session.max_tokens' }]);
    expect(at(set('clamp')[0], 'session.max_tokens')).toBe(16_384);
    expect(at(set('ignore')[0], 'session.max_tokens')).toBe(5);
  });
});

describe('commit and transcription', () => {
  it.each([true, false])('closeOnVadCommit %s', (closeOnVadCommit) => {
    const made = session({ closeOnVadCommit }, MODEL_OF.omni35);
    made.send(append(pause(100)));
    expect(errorsOf(made.send(commit))).toMatchObject([{ code: 'InternalError' }]);
    expect(made.close).toEqual(
      closeOnVadCommit ? { code: 1011, reason: 'Internal service error: null' } : undefined,
    );
  });

  it('minCommitMs refuses less audio, and the audio stays', () => {
    const made = session({ minCommitMs: 300 });
    made.send(manual);
    made.send(append(pause(299)));
    expect(at(made.send(commit)[0], 'error.message')).toMatch(/buffer too small/);
    made.send(append(pause(1)));
    expect(typesOf(made.send(commit))[0]).toBe('input_audio_buffer.committed');
  });

  it('transcriptionOrder before-response, after-created, after-done, never', () => {
    const order = (transcriptionOrder: Quirks['transcriptionOrder']) => {
      const { made, events } = committed({ transcriptionOrder });
      const all = typesOf([...events, ...made.send(create)]);
      return [COMPLETED, 'response.created', 'response.text.delta', 'response.done']
        .filter((type) => all.includes(type))
        .sort((one, other) => all.indexOf(one) - all.indexOf(other));
    };
    const answer = ['response.created', 'response.text.delta', 'response.done'];
    expect(order('before-response')).toEqual([COMPLETED, ...answer]);
    expect(order('after-created')).toEqual([answer[0], COMPLETED, ...answer.slice(1)]);
    expect(order('after-done')).toEqual([...answer, COMPLETED]);
    expect(order('never')).toEqual(answer);
  });

  it('itemCreatedBeforeCommit announces the item of a voice turn while the user speaks, once', () => {
    for (const early of [true, false]) {
      const made = session({ itemCreatedBeforeCommit: early });
      const speaking = made.appendAudio(SPEAKING);
      expect(ofType(speaking, 'conversation.item.created')).toHaveLength(early ? 1 : 0);
      const stopped = made.appendAudio(pause(1500));
      const before = stopped.slice(0, typesOf(stopped).indexOf('response.created'));
      expect(ofType(before, 'conversation.item.created')).toHaveLength(early ? 0 : 1);
    }
  });

  it('dropCreateBeforeItemFinished: a create before the transcript vanishes, one after it is answered', () => {
    const holds = [
      {
        after: { event: 'input_audio_buffer.committed' },
        until: { event: 'input_audio_buffer.clear' },
        lane: 'transcription',
      },
    ] as const;
    const early = (dropCreateBeforeItemFinished: boolean) => {
      const { made } = committed({ dropCreateBeforeItemFinished }, { holds });
      return { made, answer: made.send(create) };
    };
    const dropped = early(true);
    expect(dropped.answer).toEqual([]);
    expect(dropped.made.notes).toContain('create-dropped');
    expect(typesOf(dropped.made.send({ type: 'input_audio_buffer.clear' }))).toContain(COMPLETED);
    expect(shapeOf(dropped.made.send(create))).toContain('response.done');
    expect(shapeOf(early(false).answer)).toContain('response.done');
  });

  it('acceptItemDelete: answered, or an unknown event', () => {
    const remove = (acceptItemDelete: boolean) => {
      const made = session({ acceptItemDelete });
      const itemId = at(made.send(userText('Hello?'))[0], 'item.id');
      return { itemId, answer: made.send({ type: 'conversation.item.delete', item_id: itemId }) };
    };
    const accepted = remove(true);
    expect(accepted.answer).toMatchObject([{ type: 'conversation.item.deleted', item_id: accepted.itemId }]);
    expect(errorsOf(remove(false).answer)).toEqual([
      { type: 'invalid_request_error', message: "Invalid value: 'conversation.item.delete'." },
    ]);
  });

  it('imageLimit raw-500k or base64-256k: one more byte than either allows', () => {
    const padded = (sizeBytes: number) => {
      const comments = Buffer.alloc(sizeBytes - 4, 0x20);
      return Buffer.concat([Buffer.from([0xff, 0xd8]), comments, Buffer.from([0xff, 0xd9])]).toString(
        'base64',
      );
    };
    const answer = (imageLimit: Quirks['imageLimit'], sizeBytes: number) => {
      const made = session({ imageLimit });
      made.send(append(pause(100)));
      return String(
        at(made.send({ type: 'input_image_buffer.append', image: padded(sizeBytes) })[0], 'error.message'),
      );
    };
    expect(answer('base64-256k', 196_609)).toBe(
      'Image size exceeds the limit of 262144 bytes after base64 encoding.',
    );
    expect(answer('base64-256k', 196_608)).not.toContain('size exceeds');
    expect(answer('raw-500k', 512_001)).toBe(
      'Image size exceeds the limit of 512000 bytes before base64 encoding.',
    );
    expect(answer('raw-500k', 512_000)).not.toContain('size exceeds');
  });

  it.each(['after-created', 'after-done', 'never'] as const)('%s: voice turns are answered', (order) => {
    expect(typesOf(session({ transcriptionOrder: order }).appendAudio(UTTERANCE))).toContain('response.done');
  });
});
