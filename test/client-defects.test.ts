/**
 * The defects that the official Python SDK is known to have around connections, each by name, each shown not to exist in the reference
 * client. Against real sockets where the defect needs one.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { OmniRealtimeConversation } from '../src/client/index.js';
import { manualClock, SESSION_CREATED } from './support/client-fakes.js';
import {
  closeServers,
  conversationWith,
  greeting,
  MODEL,
  rejection,
  serve,
} from './support/connected-conversation.js';
import { onClientEvent, say } from './support/hostile-server.js';

const FINISHED = { event_id: 'event_9', type: 'session.finished' };
const LATE_CANCEL_REFUSAL = {
  event_id: 'event_5',
  type: 'error',
  error: { type: 'invalid_request_error', message: 'Conversation has none active response' },
};

afterEach(closeServers);

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('Python SDK', () => {
  test('401 on upgrade: connect says the status and the body at once, not a timeout', async () => {
    const body = '{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"1"}';
    const closes: unknown[] = [];
    const conversation = await conversationWith(
      { refuse: { status: 401, body } },
      { callback: { onClose: (...values) => void closes.push(values) }, clock: manualClock() },
    );
    const error = await rejection(conversation.connect());
    expect(error.code).toBe('E_CONNECT_REFUSED');
    expect(error.message).toContain('HTTP 401');
    expect(error.message).toContain('Invalid API-key provided.');
    expect(error.details).toMatchObject({ status: 401, body });
    expect(closes).toEqual([]);
    expect(conversation.phase).toBe('closed');
  });

  test('101 then CLOSE 1008: connect rejects with code and reason, onClose has both', async () => {
    const closes: unknown[] = [];
    const conversation = await conversationWith(
      { onConnection: (socket) => socket.close(1008, 'Access denied') },
      { callback: { onClose: (...values) => void closes.push(values) }, clock: manualClock() },
    );
    const error = await rejection(conversation.connect());
    expect(error.code).toBe('E_CONNECT_CLOSED');
    expect(error.message).toContain('1008 "Access denied"');
    expect(closes).toEqual([[1008, 'Access denied']]);
  });

  test('session.finish answered by CLOSE 1000 only: endSession rejects at the close, not at its timeout', async () => {
    const conversation = await conversationWith(
      {
        onConnection(socket) {
          say(socket, SESSION_CREATED);
          onClientEvent(socket, () => socket.close(1000));
        },
      },
      { clock: manualClock() },
    );
    await conversation.connect();
    const error = await rejection(conversation.endSession());
    expect(error.code).toBe('E_CLOSED');
    expect(error.details).toMatchObject({ closeCode: 1000 });
  });

  test('an unrelated error during endSession, then session.finished: it resolves', async () => {
    const seen: string[] = [];
    const conversation = await conversationWith(
      greeting((_event, answer) => answer(LATE_CANCEL_REFUSAL, FINISHED)),
      { callback: { onEvent: (event) => void seen.push(event.type) } },
    );
    await conversation.connect();
    await conversation.endSession();
    expect(seen).toEqual(['session.created', 'error', 'session.finished']);
    await conversation.close();
  });

  test('the error that does answer session.finish is a refusal, with and without its event id', async () => {
    for (const echo of [true, false]) {
      const conversation = await conversationWith(
        greeting((event, answer) => {
          const message = echo ? 'Not now.' : "Invalid value: 'session.finish'.";
          answer({ type: 'error', error: { message, ...(echo ? { event_id: event['event_id'] } : {}) } });
        }),
      );
      await conversation.connect();
      const error = await rejection(conversation.endSession());
      expect(error.code).toBe('E_END_REFUSED');
      await conversation.close();
    }
  });

  test('a URL that already has a query gets a proper model parameter', async () => {
    const server = await serve(greeting(() => {}));
    const conversation = new OmniRealtimeConversation({
      model: 'a model/ü',
      url: `${server.url}?region=cn`,
      apiKey: 'sk-test',
    });
    await conversation.connect();
    expect(server.targets).toEqual(['/api-ws/v1/realtime?region=cn&model=a%20model%2F%C3%BC']);
    await conversation.close();
  });

  test('the peer stops reading: appendAudio throws instead of blocking, and nothing sent is lost', async () => {
    let resume: () => void = () => {};
    const received: unknown[] = [];
    const conversation = await conversationWith(
      {
        onConnection(socket, raw) {
          say(socket, SESSION_CREATED);
          raw.pause();
          resume = () => raw.resume();
          onClientEvent(socket, (event) => received.push(event['type']));
        },
      },
      { maxBufferedBytes: 2 * 1024 * 1024 },
    );
    await conversation.connect();
    const packet = new Uint8Array(256 * 1024);
    let sentCount = 0;
    const flood = (): void => {
      for (; sentCount < 1_000; sentCount += 1) conversation.appendAudio(packet);
    };
    expect(flood).toThrow(code('E_BACKPRESSURE'));
    expect(sentCount).toBeGreaterThan(4);
    expect(conversation.bufferedBytes).toBeGreaterThan(1024 * 1024);
    resume();
    await conversation.drained();
    expect(conversation.bufferedBytes).toBe(0);
    conversation.commit();
    await conversation.close();
    expect(received).toEqual([
      ...Array.from({ length: sentCount }, () => 'input_audio_buffer.append'),
      'input_audio_buffer.commit',
    ]);
  });

  test('RST: onClose(1006, "") and an error that says so', async () => {
    const closes: unknown[] = [];
    const errors: string[] = [];
    const conversation = await conversationWith(
      {
        onConnection(socket, raw) {
          say(socket, SESSION_CREATED);
          onClientEvent(socket, () => raw.resetAndDestroy());
        },
      },
      {
        callback: {
          onClose: (...values) => void closes.push(values),
          onError: (error) => void errors.push(error.code),
        },
      },
    );
    await conversation.connect();
    conversation.commit();
    for await (const _event of conversation);
    expect(errors).toEqual(['E_CONNECTION_LOST']);
    expect(closes).toEqual([[1006, '']]);
  });

  test('close before connect does nothing', async () => {
    const conversation = new OmniRealtimeConversation({ model: MODEL, apiKey: 'sk-test' });
    await conversation.close();
    expect(conversation.phase).toBe('idle');
  });
});
