/** Scenarios of the library about connections that end: expiry, drops and every close code, from the client's side. */
import { describe, expect, test } from 'vitest';
import { closePayload, OPCODES } from '../../src/protocol/websocket-frames.js';
import {
  ANSWER,
  ASKED,
  BareClient,
  BEGUN,
  endings,
  framesOf,
  played,
  SAID,
  sent,
  story,
  WHOLE_TURN,
  withScenario,
} from './connection-checks.js';

const CREATED = 'session.created';
const UPDATED = 'session.updated';
const IDLE = 'Your session was closed because no response was generated for 300 seconds.';

describe('the session reaches its limit (E1)', () => {
  test('session-expires-with-an-error-and-close-1001: the error, the close, no response.done', async () => {
    const run = await played('session-expires-with-an-error-and-close-1001');
    expect(story(run)).toEqual([CREATED, UPDATED, ASKED, ...BEGUN, 'deltas', ...SAID, 'error']);
    expect(run.events().at(-1)?.['error']).toEqual({
      type: 'invalid_request_error',
      code: 'session_expired',
      message: 'Your session hit the maximum duration of 120 minutes.',
    });
    expect(endings(run)).toEqual(['1001 Session expired.', '1000']);
    expect(story(run, 2)).toEqual([CREATED, UPDATED, ASKED, ...ANSWER]);
  });

  test('session-duration-limit-closes-with-code-1000: a whole answer, no error, code 1000', async () => {
    const run = await played('session-duration-limit-closes-with-code-1000');
    expect(story(run)).toEqual(WHOLE_TURN);
    expect(endings(run)).toEqual(['1000 Session duration limit exceeded', '1000']);
    expect(run.sessions[0]?.close?.by).toBe('server');
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('expired-session-answers-every-turn-with-a-server-error: one answer, errors until reconnect', async () => {
    const run = await played('expired-session-answers-every-turn-with-a-server-error');
    expect(story(run)).toEqual([...WHOLE_TURN, ASKED, 'error', 'error']);
    expect(run.events().at(-1)?.['error']).toMatchObject({
      type: 'server_error',
      code: 'InternalError.Algo.ModelServingError',
    });
    expect(run.sessions[0]?.close).toMatchObject({ code: 1000, by: 'client' });
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });
});

describe('the connection drops under an answer or a request (E4, E5)', () => {
  test('connection-is-reset-between-two-audio-deltas: three deltas, then 1006', async () => {
    const run = await played('connection-is-reset-between-two-audio-deltas');
    const types = run.types();
    expect(types.filter((type) => type === 'response.audio.delta')).toHaveLength(3);
    expect(types.at(-1)).toBe('response.audio.delta');
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(run.sessions[0]?.close?.by).toBe('dropped');
    expect(run.record.connections[0]?.heard.problems).toEqual([expect.stringContaining('E_CONNECTION_LOST')]);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('connection-ends-without-a-close-frame-in-mid-answer: the stream just ends', async () => {
    const run = await played('connection-ends-without-a-close-frame-in-mid-answer');
    expect(story(run)).toEqual([CREATED, ASKED, 'response.created', 'response.output_item.added']);
    expect(endings(run)).toEqual(['1006', '1000']);
    await withScenario('connection-ends-without-a-close-frame-in-mid-answer', async (server) => {
      const client = new BareClient(server, 'connection-ends-without-a-close-frame-in-mid-answer');
      await client.until(CREATED);
      client.ask('Hello.');
      await client.closed;
      // An end in good order: a reset would be an error on the socket.
      expect([client.saw.at(-1), client.errors]).toEqual(['close 1006', []]);
    });
  });

  test('connection-is-reset-before-an-item-is-acknowledged: nothing comes back but a reset', async () => {
    const run = await played('connection-is-reset-before-an-item-is-acknowledged');
    expect(story(run)).toEqual([CREATED]);
    expect(sent(run, 1)).toMatchObject([{ type: 'conversation.item.create' }]);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('connection-is-reset-before-response-created: the item is taken, the answer never begins', async () => {
    const run = await played('connection-is-reset-before-response-created');
    expect(story(run)).toEqual([CREATED, ASKED]);
    expect(sent(run, 1).map(({ type }) => type)).toEqual(['conversation.item.create', 'response.create']);
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });
});

describe('close codes (E8)', () => {
  test('every-close-code-connection-by-connection: nine whole answers, nine ways to end', async () => {
    const run = await played('every-close-code-connection-by-connection');
    expect(endings(run)).toEqual([
      '1000',
      '1001 Going away.',
      '1011 Internal service error: null',
      '1012 Service restart.',
      '1013 Try again later.',
      '4000 Application error.',
      '1006',
      '1006',
      '1009 Message too big.',
      '1000',
    ]);
    expect(run.sessions.map(({ close }) => close?.by)).toEqual([
      ...Array.from({ length: 6 }, () => 'server'),
      'dropped',
      'dropped',
      'server',
      'client',
    ]);
    for (let connection = 1; connection <= 10; connection += 1) {
      expect(story(run, connection)).toEqual(WHOLE_TURN);
    }
  });

  test.each([
    ['service-restart-closes-with-1012-in-mid-answer', '1012 Service restart.'],
    ['internal-error-closes-with-1011-in-mid-answer', '1011 Internal service error: null'],
    ['application-code-4000-closes-in-mid-answer', '4000 Application error.'],
    ['clean-close-1000-in-mid-answer', '1000'],
    // What libraries say of a close frame without a code.
    ['close-frame-carries-no-code', '1005'],
  ])('%s: the answer begins, then %s', async (name, ending) => {
    const run = await played(name);
    expect(story(run)).toEqual([CREATED, ASKED, 'response.created', 'response.output_item.added']);
    expect(endings(run)).toEqual([ending, '1000']);
    expect(run.sessions[0]?.close?.by).toBe('server');
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test.each([
    ['server-going-away-closes-with-1001-between-turns', '1001 Going away.'],
    ['clean-close-1000-between-turns', '1000'],
  ])('%s: a whole answer, then %s', async (name, ending) => {
    const run = await played(name);
    expect(story(run)).toEqual(WHOLE_TURN);
    expect(endings(run)).toEqual([ending, '1000']);
    expect(run.sessions[0]?.close?.by).toBe('server');
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test.each([
    ['try-again-later-closes-with-1013-during-upload', 3, '1013 Try again later.'],
    ['message-too-big-closes-with-1009-during-upload', 3, '1009 Message too big.'],
    // E18: the client goes on sending, and the end is a normal one all the same.
    ['server-closes-while-audio-is-being-sent', 5, '1000'],
  ])('%s: the server has read %i packets, then %s', async (name, packets, ending) => {
    const run = await played(name);
    expect(sent(run, 1).map(({ type }) => type)).toEqual(
      Array.from({ length: packets }, () => 'input_audio_buffer.append'),
    );
    expect(endings(run)).toEqual([ending, '1000']);
    expect(run.sessions[0]?.close?.by).toBe('server');
    expect(run.record.connections[0]?.heard.problems).toEqual([]);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });
});

describe('code and reason (E10)', () => {
  test.each([
    ['policy-violation-closes-with-1008-and-a-reason', '1008 Policy violation: the content is not allowed.'],
    [
      'invalid-parameter-closes-with-1007-and-a-reason',
      '1007 <400> InternalError.Algo.InvalidParameter: The provided URL does not appear to be valid',
    ],
  ])('%s: no answer and no error event, %s', async (name, ending) => {
    const run = await played(name);
    expect(story(run)).toEqual([CREATED, ASKED]);
    expect(endings(run)).toEqual([ending, '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('close-frame-carries-no-code: the close frame is empty', async () => {
    await withScenario(
      'close-frame-carries-no-code',
      async (server) => {
        const frames = await framesOf(server, 'close-frame-carries-no-code');
        expect([frames.at(-1)?.opcode, frames.at(-1)?.payload.length]).toEqual([OPCODES.close, 0]);
      },
      // The same close where a peer meets it that does not speak the protocol.
      { faults: [{ at: { event: 'session.created' }, do: 'close', code: null }] },
    );
  });

  test('free-tier-close-reason-is-too-long: 176 bytes behind 1007, a violation for strict libraries', async () => {
    const name = 'free-tier-close-reason-is-too-long';
    const reason =
      'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, ' +
      "please disable the 'use free tier only' mode in the management console.";
    const run = await played(name);
    expect(story(run)).toEqual([CREATED]);
    expect(endings(run)).toEqual(['1006']);
    expect(run.record.connections[0]?.heard.problems).toEqual([
      expect.stringContaining('invalid payload length 126'),
    ]);
    expect(run.sessions[0]?.close).toMatchObject({ code: 1007, reason, by: 'server' });
    await withScenario(name, async (server) => {
      const close = (await framesOf(server, name)).at(-1);
      expect(close?.opcode).toBe(OPCODES.close);
      expect(Buffer.from(close?.payload ?? [])).toEqual(Buffer.from(closePayload(1007, reason)));
      expect(close?.payload.length).toBe(178);
    });
  });
});

describe('idle sessions (E14)', () => {
  test('idle-session-is-closed-after-an-error: the code, and close 1007 with the same words', async () => {
    const run = await played('idle-session-is-closed-after-an-error');
    expect(story(run)).toEqual([...WHOLE_TURN, 'error']);
    expect(run.events().at(-1)?.['error']).toEqual({
      type: 'server_error',
      code: 'response_idle_timeout',
      message: IDLE,
    });
    expect(endings(run)).toEqual([`1007 ${IDLE}`, '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });

  test('idle-session-is-closed-with-a-text-only-error: words without a code', async () => {
    const run = await played('idle-session-is-closed-with-a-text-only-error');
    expect(story(run)).toEqual([...WHOLE_TURN, 'error']);
    expect(run.events().at(-1)?.['error']).toEqual({ message: 'too long without operation' });
    expect(endings(run)).toEqual([`1007 ${IDLE}`, '1000']);
  });
});

describe('pings while the client is busy (E15)', () => {
  test('pings-between-two-thousand-audio-deltas: every ping is among the deltas', async () => {
    const name = 'pings-between-two-thousand-audio-deltas';
    const run = await played(name, { waitMs: 10_000 });
    expect(story(run)).toEqual([...WHOLE_TURN, ASKED, ...ANSWER]);
    await withScenario(name, async (server) => {
      const client = new BareClient(server, name);
      await client.until(CREATED);
      client.ask('Tell me something long.');
      await client.until('response.done');
      client.socket.close(1000);
      await client.closed;
      const deltas = client.saw.filter((seen) => seen === 'response.audio.delta');
      expect(deltas.length).toBeGreaterThan(2_000);
      const pings = client.saw.flatMap((seen, index) => (seen === 'ping' ? [index] : []));
      expect(pings.length).toBeGreaterThan(5);
      expect(pings.length).toBeLessThan(60);
      for (const index of pings) expect(client.saw[index - 1]).toBe('response.audio.delta');
      expect(server.sessions[0]?.close).toMatchObject({ code: 1000, by: 'client' });
    });
  });

  test('keepalive-ping-timeout-closes-with-1011: two deltas, then the close', async () => {
    const run = await played('keepalive-ping-timeout-closes-with-1011');
    expect(run.types().filter((type) => type === 'response.audio.delta')).toHaveLength(2);
    expect(run.types().at(-1)).toBe('response.audio.delta');
    expect(endings(run)).toEqual(['1011 keepalive ping timeout', '1000']);
    expect(story(run, 2)).toEqual(WHOLE_TURN);
  });
});

describe('speech that is on its way (E26)', () => {
  test('connection-drops-after-speech-started: heard to begin, then a reset', async () => {
    const run = await played('connection-drops-after-speech-started');
    expect(story(run)).toEqual([CREATED, 'input_audio_buffer.speech_started']);
    expect(endings(run)).toEqual(['1006', '1000']);
    // The utterance that was sent again is heard and answered whole.
    const types = story(run, 2);
    const committed = types.indexOf('input_audio_buffer.committed');
    expect(types.slice(0, 2)).toEqual([CREATED, 'input_audio_buffer.speech_started']);
    expect(types.slice(committed - 1, committed + 3)).toEqual([
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'conversation.item.input_audio_transcription.completed',
    ]);
    expect(types.slice(committed + 3)).toEqual([...ANSWER, ASKED, ...ANSWER]);
  });

  test('connection-drops-before-audio-is-committed: the commit is read and never confirmed', async () => {
    const run = await played('connection-drops-before-audio-is-committed');
    expect(story(run)).toEqual([CREATED, UPDATED]);
    expect(sent(run, 1).at(-1)).toMatchObject({ type: 'input_audio_buffer.commit' });
    expect(endings(run)).toEqual(['1006', '1000']);
    expect(story(run, 2).slice(0, 4)).toEqual([
      CREATED,
      UPDATED,
      'input_audio_buffer.committed',
      'conversation.item.created',
    ]);
  });
});
