/**
 * The defects that the official Python and Java SDKs are known to have, each by name, each shown not to exist in
 * the reference client. Against real sockets where the defect needs one.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { type ConversationOptions, OmniRealtimeConversation } from '../src/client/index.js';
import { SoundstageError } from '../src/protocol/index.js';
import { fakeServer, greet, manualClock, SESSION_CREATED } from './support/client-fakes.js';
import {
  type HostileScript,
  type HostileServer,
  hostileServer,
  onClientEvent,
  say,
} from './support/hostile-server.js';

const MODEL = 'qwen3-omni-flash-realtime';
const FINISHED = { event_id: 'event_9', type: 'session.finished' };
const LATE_CANCEL_REFUSAL = {
  event_id: 'event_5',
  type: 'error',
  error: { type: 'invalid_request_error', message: 'Conversation has none active response' },
};

const servers: HostileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(script: HostileScript): Promise<HostileServer> {
  const server = await hostileServer(script);
  servers.push(server);
  return server;
}

/** A conversation with a server on a real socket. */
async function conversationWith(script: HostileScript, options: Partial<ConversationOptions> = {}) {
  const server = await serve(script);
  return new OmniRealtimeConversation({ model: MODEL, url: server.url, apiKey: 'sk-test', ...options });
}

/** A server that greets and then does what it is told with each client event. */
function greeting(
  answer: (event: Record<string, unknown>, say_: (...events: unknown[]) => void) => void,
): HostileScript {
  return {
    onConnection(socket) {
      say(socket, SESSION_CREATED);
      onClientEvent(socket, (event) => answer(event, (...events) => say(socket, ...events)));
    },
  };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

/** The error a promise rejects with; fails if it resolves. */
async function rejection(promise: Promise<unknown>): Promise<SoundstageError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof SoundstageError) return outcome;
  throw new Error(`expected a SoundstageError, got ${String(outcome)}`);
}

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

  test('the callback throws on session.created: connect resolves, the id is set, the failure is reported', async () => {
    const errors: SoundstageError[] = [];
    const conversation = await conversationWith(
      greeting(() => {}),
      {
        callback: {
          onEvent: () => {
            throw new Error('my bug');
          },
          onError: (error) => void errors.push(error),
        },
      },
    );
    await conversation.connect();
    expect(conversation.sessionId).toBe('sess_1');
    expect(errors.map((error) => error.code)).toEqual(['E_CALLBACK_FAILED']);
    expect(errors[0]?.cause).toEqual(new Error('my bug'));
    await conversation.close();
  });

  test('the callback throws on session.finished: endSession resolves, the failure is kept', async () => {
    const conversation = await conversationWith(
      greeting((_event, answer) => answer(FINISHED)),
      {
        callback: {
          async onEvent(event) {
            if (event.type === 'session.finished') throw new Error('my bug');
          },
        },
        clock: manualClock(),
      },
    );
    await conversation.connect();
    await conversation.endSession();
    expect(conversation.lastCallbackError).toEqual(new Error('my bug'));
    await conversation.close();
  });

  test('endSession called and awaited inside onEvent: no deadlock', async () => {
    let ended: () => void = () => {};
    const whenEnded = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const conversation: OmniRealtimeConversation = await conversationWith(
      greeting((_event, answer) => answer(FINISHED)),
      {
        clock: manualClock(),
        callback: {
          async onEvent(event) {
            if (event.type !== 'session.created') return;
            await conversation.endSession();
            ended();
          },
        },
      },
    );
    await conversation.connect();
    await whenEnded;
    await conversation.close();
  });

  test('session.created right after the upgrade: onOpen always comes before the first event', async () => {
    const server = await serve(greeting(() => {}));
    for (let run = 0; run < 20; run += 1) {
      const order: string[] = [];
      const conversation = new OmniRealtimeConversation({
        model: MODEL,
        url: server.url,
        apiKey: 'sk-test',
        callback: { onOpen: () => void order.push('open'), onEvent: (event) => void order.push(event.type) },
      });
      await conversation.connect();
      expect(order).toEqual(['open', 'session.created']);
      await conversation.close();
    }
  });

  test('getSessionId inside the session.created callback is the id', async () => {
    const ids: unknown[] = [];
    const conversation: OmniRealtimeConversation = await conversationWith(
      greeting(() => {}),
      {
        callback: { onEvent: () => void ids.push(conversation.getSessionId()) },
      },
    );
    await conversation.connect();
    expect(ids).toEqual(['sess_1']);
    await conversation.close();
  });

  test('a text-only response has a first text delay, and no audio delay', async () => {
    const clock = manualClock();
    const server = fakeServer();
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'sk-test',
      transport: server.transport,
      clock,
    });
    const connecting = conversation.connect();
    greet(server.connection);
    await connecting;
    server.connection.says({ type: 'response.created', response: { id: 'resp_1' } });
    clock.advance(300);
    server.connection.says({ type: 'response.text.delta', response_id: 'resp_1', delta: 'Hi' });
    clock.advance(50);
    server.connection.says({ type: 'response.text.delta', response_id: 'resp_1', delta: ' there' });
    expect(conversation.getLastFirstTextDelay()).toBe(300);
    expect(conversation.getLastFirstAudioDelay()).toBeNull();
    expect(conversation.getLastResponseId()).toBe('resp_1');
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

  test('frames that are no events: reported, survived, and the next event arrives', async () => {
    const frames = [
      'not json',
      '',
      '{"type":',
      '[]',
      '"text"',
      'null',
      '42',
      '{"event_id":"event_2"}',
      '{"type":null}',
      '{"__proto__":{"type":"session.finished"}}',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ];
    const errors: SoundstageError[] = [];
    const seen: string[] = [];
    const conversation = await conversationWith(
      greeting((_event, answer) =>
        answer(
          ...frames,
          { type: 'response.created', response: null },
          { type: '__proto__' },
          { type: 'constructor' },
          { type: 'rate_limits.updated' },
          { type: 'response.audio.delta', delta: 7 },
          { type: 'error', error: 'a plain string' },
          { type: 'error' },
          FINISHED,
        ),
      ),
      {
        callback: {
          onError: (error) => void errors.push(error),
          onEvent: (event) => void seen.push(event.type),
        },
      },
    );
    await conversation.connect();
    await conversation.endSession();
    const codes = errors.map((error) => error.code);
    expect(codes.filter((code) => code === 'E_BAD_FRAME')).toHaveLength(frames.length + 1);
    expect(codes.filter((code) => code === 'E_SERVER_ERROR')).toHaveLength(2);
    expect(errors.at(-2)?.message).toContain('a plain string');
    expect(seen).toEqual([
      'session.created',
      'response.created',
      '__proto__',
      'constructor',
      'rate_limits.updated',
      'response.audio.delta',
      'error',
      'error',
      'session.finished',
    ]);
    expect(conversation.lastResponseId).toBeNull();
    await conversation.close();
  });
});

describe('Java SDK', () => {
  const conversationOver = (server: ReturnType<typeof fakeServer>) =>
    new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'sk-test',
      transport: server.transport,
      clock: manualClock(),
    });

  test('the connect latch: a socket that opens and greets before it is returned', async () => {
    const conversation = conversationOver(fakeServer(greet));
    await conversation.connect();
    expect(conversation.sessionId).toBe('sess_1');
  });

  test('the connect latch: a socket that is refused before it is returned', async () => {
    const server = fakeServer((connection) => connection.handlers.onRefused(403, '{"code":"AccessDenied"}'));
    const error = await rejection(conversationOver(server).connect());
    expect(error).toMatchObject({ code: 'E_CONNECT_REFUSED', details: { status: 403 } });
  });

  test('the connect latch: a refused TCP connection rejects at once', async () => {
    const server = await hostileServer({});
    await server.close();
    const conversation = new OmniRealtimeConversation({ model: MODEL, url: server.url, apiKey: 'sk-test' });
    expect(await rejection(conversation.connect())).toMatchObject({ code: 'E_CONNECT_FAILED' });
  });

  test('a send the socket does not take is an error, never a dropped frame', async () => {
    const server = fakeServer(greet);
    const conversation = conversationOver(server);
    await conversation.connect();
    server.connection.bufferedBytes = 16 * 1024 * 1024;
    expect(() => conversation.commit()).toThrow(code('E_BACKPRESSURE'));
    expect(server.connection.sent).toEqual([]);
    server.connection.bufferedBytes = 0;
    conversation.commit();
    expect(server.connection.sent).toMatchObject([{ type: 'input_audio_buffer.commit' }]);
  });

  test('a send after the server has begun to close is an error, never a dropped frame', async () => {
    const CLOSE_1000 = Buffer.from([0x88, 0x02, 0x03, 0xe8]);
    let answered: () => void = () => {};
    const whenAnswered = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const conversation = await conversationWith({
      onConnection(socket, raw) {
        say(socket, SESSION_CREATED);
        // The server sends CLOSE and leaves TCP open; the client's own CLOSE is its answer.
        raw.removeAllListeners('data');
        raw.on('data', answered);
        raw.write(CLOSE_1000);
      },
    });
    await conversation.connect();
    await whenAnswered;
    expect(() => conversation.commit()).toThrow(code('E_NOT_OPEN'));
  });

  test('broken JSON does not end the connection', async () => {
    const server = fakeServer(greet);
    const conversation = conversationOver(server);
    await conversation.connect();
    server.connection.says('{');
    server.connection.handlers.onBinary(4);
    expect(conversation.phase).toBe('open');
    server.connection.says({ type: 'response.created', response: { id: 'resp_1' } });
    expect(conversation.lastResponseId).toBe('resp_1');
  });

  test('endSession is released when the connection drops', async () => {
    const server = fakeServer(greet);
    const conversation = conversationOver(server);
    await conversation.connect();
    const ending = conversation.endSession();
    server.connection.handlers.onClose(undefined, '');
    expect(await rejection(ending)).toMatchObject({ code: 'E_CLOSED', details: { closeCode: 1006 } });
  });
});
