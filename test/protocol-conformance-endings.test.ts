/**
 * How a session ends: models and accounts that are refused, the idle rule, the session limit, session.finish.
 * Protocol reference §1.4 to §1.7, §5.10.
 */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../src/scenarios/index.js';
import {
  append,
  cancel,
  clear,
  create,
  finish,
  manual,
  pause,
  textOnly,
  userText,
} from './support/client-messages.js';
import { at, errorsOf, ofType, only, shapeOf } from './support/seen-responses.js';
import { SessionDriver, typesOf } from './support/session-driver.js';

describe('models that are refused (§1.4)', () => {
  it.each([
    ['qwen-omni-turbo-realtime-2025-03-26', 'qwen-omni-turbo-realtime-2025-03-26'],
    ['qwen3-tts-flash', 'qwen3-tts-flash'],
    ['__proto__', '__proto__'],
    [null, 'null'],
  ])('%s gets session.created with its name, then close 1007', (model, shown) => {
    const session = new SessionDriver({ model });
    expect(typesOf(session.events)).toEqual(['session.created']);
    expect(at(session.events[0], 'session.model')).toBe(shown);
    expect(session.close).toEqual({ code: 1007, reason: `Model not found (${shown})!` });
    expect(session.send(create)).toEqual([]);
  });

  it.each([
    'qwen3-livetranslate-flash-realtime',
    'qwen3-asr-flash-realtime',
    'qwen3-tts-flash-realtime',
    'qwen-audio-3.0-realtime-plus',
  ])('the sibling %s is named as such', (model) => {
    const session = new SessionDriver({ model });
    expect(session.events).toEqual([]);
    expect(session.close?.code).toBe(1007);
    expect(session.close?.reason).toContain(model);
  });

  it('an account in arrears is closed without a word, a refused key as an event', () => {
    const arrears = new SessionDriver({ account: 'arrears' });
    expect(arrears.events).toEqual([]);
    expect(arrears.close).toEqual({
      code: 1007,
      reason: 'Access denied, please make sure your account is in good standing.',
    });
    const refused = new SessionDriver({ account: 'refused' });
    expect(errorsOf(refused.events)).toEqual([
      {
        type: 'authentication_error',
        code: 'invalid_api_key',
        message: 'The API key is invalid or does not have permission for this model.',
      },
    ]);
    expect(refused.close?.code).toBe(1007);
  });
});

describe('the idle rule (§1.6)', () => {
  const idle = (scenario: Scenario = {}) => new SessionDriver({ scenario });

  it('closes after 300 s without an event of the client or a response', () => {
    const session = idle();
    expect(session.advance(299_999)).toEqual([]);
    expect(errorsOf(session.advance(1))).toEqual([
      {
        type: 'server_error',
        code: 'response_idle_timeout',
        message: 'Your session was closed because no response was generated for 300 seconds.',
      },
    ]);
    expect(session.close).toEqual({
      code: 1007,
      reason: 'Your session was closed because no response was generated for 300 seconds.',
    });
  });

  it('starts again with every event of the client, refused ones too', () => {
    const session = idle();
    for (const event of [clear, cancel, { type: 'no.such.event' }, append(pause(100))]) {
      session.advance(299_000);
      session.send(event);
    }
    expect(session.close).toBeUndefined();
    session.advance(300_000);
    expect(session.close?.code).toBe(1007);
  });

  it('audio that lasts longer than the limit is no silence', () => {
    const session = idle({ idleCloseMs: 5_000 });
    session.send(manual);
    session.appendAudio(pause(20_000), 16_000 * 20);
    expect(session.close).toBeUndefined();
    session.advance(5_000);
    expect(session.close?.code).toBe(1007);
  });

  it('may be as short as a test likes', () => {
    const session = idle({ idleCloseMs: 60_000 });
    session.advance(60_000);
    expect(session.close?.reason).toContain('for 60 seconds');
  });
});

describe('the session limit (§1.7)', () => {
  it('closes after 120 minutes, however busy', () => {
    const session = new SessionDriver();
    for (let minute = 0; minute < 119; minute += 1) {
      session.send(clear);
      session.advance(60_000);
    }
    session.send(clear);
    session.advance(59_999);
    expect(session.close).toBeUndefined();
    session.advance(1);
    expect(session.close).toEqual({ code: 1000, reason: 'Session duration limit exceeded' });
  });
});

describe('session.finish (§5.10)', () => {
  it('is answered at once when nothing is under way; the socket stays open and hears nothing more', () => {
    const session = new SessionDriver();
    const [finished, ...rest] = session.send(finish);
    expect(Object.keys(finished ?? {}).sort()).toEqual(['event_id', 'type']);
    expect([finished?.type, rest]).toEqual(['session.finished', []]);
    for (const event of [create, clear, finish, userText('Hello?')]) expect(session.send(event)).toEqual([]);
    expect(session.feed({ kind: 'text', text: 'garbage' })).toEqual([]);
    expect(session.feed({ kind: 'binary', sizeBytes: 3 })).toEqual([]);
    expect(session.close).toBeUndefined();
  });

  it('waits for the active response and cancels nothing', () => {
    const after = { event: 'response.text.delta' } as const;
    const session = new SessionDriver({
      scenario: { holds: [{ after, until: { event: 'session.finish' } }] },
    });
    session.send(textOnly);
    session.send(userText('Hello?'));
    expect(typesOf(session.send(create)).at(-1)).toBe('response.text.delta');
    const rest = session.send(finish);
    expect(shapeOf(rest).slice(-2)).toEqual(['response.done', 'session.finished']);
    expect(only(rest, 'response.done')['response']).toMatchObject({ status: 'completed' });
    expect(ofType(rest, 'error')).toEqual([]);
  });
});
