/**
 * The three clocks, seen from the wire: what makes time pass, where speech interrupts, when the service speaks up by
 * itself. Protocol reference §5.3, §5.5, §5.11.
 */
import { describe, expect, it } from 'vitest';
import type { ClockPolicy } from '../src/scenarios/index.js';
import { answering, asked } from './support/asked-session.js';
import {
  append,
  commit,
  create,
  MODEL_OF,
  manual,
  pause,
  SPEECH,
  textOnly,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import {
  at,
  audioSamples,
  ofType,
  only,
  response,
  SPOKEN_ITEM,
  shapeOf,
  spokenShape,
  TEXT_ITEM,
} from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

const on = (clock: ClockPolicy, model: string = MODEL_OF.omni38) => new SessionDriver({ clock, model });

describe('auto', () => {
  it('brings each message to its end before the next is read', () => {
    const session = on('auto');
    session.send(manual);
    session.send(append(SPEECH));
    expect(typesOf(session.send(commit)).at(-1)).toMatch(/transcription\.completed$/);
    expect(typesOf(session.send(create)).at(-1)).toBe('response.done');
    expect(session.advance(10_000)).toEqual([]);
  });
});

describe('media', () => {
  it('in VAD mode nothing but audio moves time', () => {
    const session = on('media');
    const turn = session.appendAudio(UTTERANCE);
    expect(typesOf(turn)).toContain('input_audio_buffer.committed');
    const before = ofType(session.events, 'response.audio.delta').length;
    expect(session.send(userText('By the way'))).toHaveLength(1);
    const second = session.appendAudio(pause(1000));
    expect(ofType(session.events, 'response.audio.delta').length - before).toBeGreaterThanOrEqual(3);
    expect(ofType(second, 'response.done')).toEqual([]);
    expect(typesOf(session.appendAudio(pause(10_000))).at(-1)).toBe('response.done');
  });

  it('speech interrupts an answer at the same sample, however the audio is cut', () => {
    const heard = [160, 1600, 7777].map((packetSamples) => {
      const session = on('media');
      session.appendAudio(UTTERANCE, packetSamples);
      session.appendAudio(pause(500), packetSamples);
      session.appendAudio(UTTERANCE, packetSamples);
      const [first] = ofType(session.events, 'response.done');
      expect(at(first, 'response.status')).toBe('cancelled');
      const end = session.events.indexOf(first ?? { type: '' });
      return audioSamples(session.events.slice(0, end)).length;
    });
    expect(heard[0]).toBeGreaterThan(0);
    expect(new Set(heard).size).toBe(1);
  });

  it('in manual mode it jumps like auto', () => {
    const session = on('media');
    session.send(textOnly);
    session.send(userText('Hello?'));
    expect(shapeOf(session.send(create))).toEqual(response(TEXT_ITEM));
  });
});

describe('paced', () => {
  it('sends each event when its time has come, first delta after 300 ms, sound at its own rate', () => {
    const session = on('paced');
    session.send(userText('Hello?'));
    expect(typesOf(session.send(create)).at(-1)).toBe('response.content_part.added');
    expect(session.advance(299)).toEqual([]);
    expect(typesOf(session.advance(1))).toEqual(['response.audio_transcript.delta', 'response.audio.delta']);
    const second = audioSamples(session.advance(1000)).length;
    expect(second).toBe(24_000);
    expect(typesOf(session.advance(20_000)).at(-1)).toBe('response.done');
  });

  it('the order of the events of a turn is that of auto', () => {
    const turn = (clock: ClockPolicy) => {
      const session = on(clock);
      session.appendAudio(UTTERANCE);
      session.advance(30_000);
      return typesOf(session.events);
    };
    expect(turn('paced')).toEqual(turn('auto'));
  });

  it('a create right after the commit waits for the transcript', () => {
    const session = on('paced');
    session.send(textOnly);
    session.send(append(SPEECH));
    session.send(commit);
    expect(session.send(create)).toEqual([]);
    expect(typesOf(session.send(create))).toEqual(['error']);
    const [transcript, created] = typesOf(session.advance(200));
    expect([transcript, created]).toEqual([
      'conversation.item.input_audio_transcription.completed',
      'response.created',
    ]);
  });

  it('cancel before response.created finds none active, and the response comes', () => {
    const session = on('paced');
    session.send(textOnly);
    session.send(append(SPEECH));
    session.send(commit);
    session.send(create);
    expect(at(session.send({ type: 'response.cancel' })[0], 'error.message')).toBe(
      'Conversation has none active response',
    );
    expect(typesOf(session.advance(10_000)).at(-1)).toBe('response.done');
  });
});

describe('the proactive response (§5.11)', () => {
  const proactive = (settings: Record<string, unknown>, model = MODEL_OF.omni35) => {
    const session = on('auto', model);
    session.send(update({ turn_detection: { idle_timeout_ms: 5000, ...settings } }));
    session.appendAudio(UTTERANCE);
    return session;
  };

  it('comes once after so much silence', () => {
    const session = proactive({});
    expect(session.advance(4_000)).toEqual([]);
    expect(spokenShape(session.advance(2_000))).toEqual(response(SPOKEN_ITEM));
    expect(session.advance(60_000)).toEqual([]);
  });

  it('silence that the client sends counts, speech does not', () => {
    const session = proactive({});
    expect(typesOf(session.appendAudio(pause(8_000)))).toContain('response.done');
    const speaking = proactive({});
    speaking.appendAudio(pause(3_000));
    speaking.appendAudio(UTTERANCE);
    expect(ofType(speaking.events, 'response.created')).toHaveLength(2);
  });

  it('needs a spoken response before it', () => {
    const session = on('auto', MODEL_OF.omni35);
    session.send(update({ turn_detection: { idle_timeout_ms: 5000 }, modalities: ['text'] }));
    expect(session.advance(60_000)).toEqual([]);
    session.appendAudio(UTTERANCE);
    expect(session.advance(60_000)).toEqual([]);
  });

  it('is for OMNI35 with server_vad only', () => {
    expect(proactive({}, MODEL_OF.omni38).advance(60_000)).toEqual([]);
    expect(proactive({ type: 'semantic_vad' }).advance(60_000)).toEqual([]);
    const switched = proactive({});
    switched.send(update({ turn_detection: { type: 'semantic_vad' } }));
    expect(switched.advance(60_000)).toEqual([]);
  });

  it('does not come in manual mode', () => {
    const session = proactive({});
    session.send(manual);
    expect(session.advance(60_000)).toEqual([]);
  });
});

describe('holds', () => {
  it('fail loudly when nobody lets go: in virtual time and by the watchdog', () => {
    const { session } = answering(MODEL_OF.omni38, 'response.cancel', { idleCloseMs: 900_000 });
    session.advance(299_999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect([session.close?.code, session.notes.at(-1)]).toEqual([1011, 'hold-timed-out']);
    const other = answering(MODEL_OF.omni38, 'response.cancel').session;
    other.feed({ kind: 'hold-watchdog' });
    expect(other.close?.code).toBe(1011);
  });

  it('lane transcription keeps the transcript back while the answer goes on', () => {
    const holds = [
      {
        after: { event: 'input_audio_buffer.committed' },
        until: { event: 'response.done' },
        lane: 'transcription',
      },
    ] as const;
    const session = new SessionDriver({ model: MODEL_OF.omni38, scenario: { holds } });
    const types = typesOf(session.appendAudio(UTTERANCE));
    expect(types.at(-1)).toMatch(/transcription\.completed$/);
    expect(types.at(-2)).toBe('response.done');
  });

  it('lane all keeps every message back, in order', () => {
    const holds = [
      { after: { event: 'response.created' }, until: { event: 'input_audio_buffer.clear' }, lane: 'all' },
    ] as const;
    const session = asked({ holds }, MODEL_OF.omni38);
    expect(typesOf(session.send(create))).toEqual(['response.created']);
    expect(session.send(userText('One'))).toEqual([]);
    expect(session.send({ type: 'nonsense' })).toEqual([]);
    const released = typesOf(session.send({ type: 'input_audio_buffer.clear' }));
    expect(released.slice(0, 3)).toEqual([
      'conversation.item.created',
      'error',
      'input_audio_buffer.cleared',
    ]);
    expect(released.at(-1)).toBe('response.done');
    expect(only(session.events, 'response.created')).toBeDefined();
  });
});
