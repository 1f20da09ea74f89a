/**
 * The reference client as a user meets it: connecting, listening, reading, ending. The test plays the server, and
 * moves the clock where time matters.
 */
import { afterEach, describe, expect, test } from 'vitest';
import {
  type AudioDelta,
  type ConversationOptions,
  countingEventIds,
  OmniRealtimeConversation,
  type TextDelta,
} from '../src/client/index.js';
import { encodeBase64 } from '../src/media/index.js';
import type { SoundstageError } from '../src/protocol/index.js';
import { fakeServer, greet, manualClock, SESSION_CREATED } from './support/client-fakes.js';
import { type HostileServer, hostileServer, say } from './support/hostile-server.js';

const MODEL = 'qwen3-omni-flash-realtime';

/** A conversation with the test, connected. */
async function connected(options: Partial<ConversationOptions> = {}) {
  const clock = manualClock();
  const server = fakeServer(greet);
  const conversation = new OmniRealtimeConversation({
    model: MODEL,
    apiKey: 'sk-test',
    transport: server.transport,
    clock,
    eventIds: countingEventIds(),
    ...options,
  });
  await conversation.connect();
  return { conversation, server: server.connection, connections: server.connections, clock };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('connecting', () => {
  test('sends key, workspace and extra headers; the caller has the last word', async () => {
    const { server } = await connected({
      workspace: 'ws-1',
      headers: { authorization: 'Bearer mine', 'X-Own': 'yes' },
    });
    expect(server.request.headers).toEqual({
      'X-DashScope-WorkSpace': 'ws-1',
      'User-Agent': 'soundstage',
      authorization: 'Bearer mine',
      'X-Own': 'yes',
    });
  });

  test('takes the key from the environment when it connects, and says so when there is none', async () => {
    const before = process.env['DASHSCOPE_API_KEY'];
    try {
      delete process.env['DASHSCOPE_API_KEY'];
      const server = fakeServer(greet);
      const conversation = new OmniRealtimeConversation({ model: MODEL, transport: server.transport });
      await expect(conversation.connect()).rejects.toThrow(code('E_NO_API_KEY'));
      process.env['DASHSCOPE_API_KEY'] = 'sk-env';
      await conversation.connect();
      expect(server.connection.request.headers['Authorization']).toBe('Bearer sk-env');
    } finally {
      if (before === undefined) delete process.env['DASHSCOPE_API_KEY'];
      else process.env['DASHSCOPE_API_KEY'] = before;
    }
  });

  test('times out when nothing answers, and when session.created does not come', async () => {
    for (const isOpen of [false, true]) {
      const clock = manualClock();
      const closes: unknown[] = [];
      const server = fakeServer((connection) => isOpen && connection.handlers.onOpen());
      const conversation = new OmniRealtimeConversation({
        model: MODEL,
        apiKey: 'sk-test',
        transport: server.transport,
        clock,
        connectTimeoutMs: 1_000,
        callback: { onClose: (...values) => void closes.push(values) },
      });
      const connecting = conversation.connect();
      clock.advance(999);
      expect(conversation.phase).toBe(isOpen ? 'open' : 'connecting');
      clock.advance(1);
      await expect(connecting).rejects.toThrow(code('E_CONNECT_TIMEOUT'));
      expect(server.connection.isTerminated).toBe(true);
      expect(closes).toEqual(isOpen ? [[1006, '']] : []);
      expect(clock.timerCount).toBe(0);
    }
  });

  test('a second connect is refused while the first is under way, open or closing', async () => {
    const server = fakeServer();
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'k',
      transport: server.transport,
    });
    const first = conversation.connect();
    await expect(conversation.connect()).rejects.toThrow(code('E_ALREADY_CONNECTED'));
    greet(server.connection);
    await first;
    await expect(conversation.connect()).rejects.toThrow(code('E_ALREADY_CONNECTED'));
    const closing = conversation.close();
    await expect(conversation.connect()).rejects.toThrow(code('E_ALREADY_CONNECTED'));
    server.connection.handlers.onClose(1000, '');
    await closing;
    expect(server.connections).toHaveLength(1);
  });

  test('a new connection starts afresh, and the old one can no longer touch it', async () => {
    const seen: string[] = [];
    const { conversation, connections } = await connected({
      callback: { onEvent: (event) => void seen.push(event.type) },
    });
    const old = connections[0];
    old?.says({ type: 'response.created', response: { id: 'resp_old' } });
    old?.handlers.onClose(1011, 'To many requests.');
    expect(conversation.phase).toBe('closed');
    await conversation.connect();
    expect(conversation.lastResponseId).toBeNull();
    old?.says({ type: 'response.created', response: { id: 'resp_ghost' } });
    old?.handlers.onClose(1000, '');
    expect(conversation.phase).toBe('open');
    expect(conversation.lastResponseId).toBeNull();
    expect(seen).toEqual(['session.created', 'response.created', 'session.created']);
  });

  test('a transport that throws is a failure of connect, with the cause', async () => {
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'k',
      clock: manualClock(),
      transport: () => {
        throw new TypeError('Invalid character in header content ["Authorization"]');
      },
    });
    await expect(conversation.connect()).rejects.toThrow(code('E_CONNECT_FAILED'));
    expect(conversation.phase).toBe('closed');
  });
});

describe('closing', () => {
  test("close resolves with the server's CLOSE; onClose has its code and reason", async () => {
    const closes: unknown[] = [];
    const { conversation, server } = await connected();
    conversation.on('close', (...values) => void closes.push(values));
    const closing = conversation.close(4000, 'done');
    expect(server.closes).toEqual([[4000, 'done']]);
    expect(() => conversation.commit()).toThrow(code('E_NOT_OPEN'));
    server.handlers.onClose(4000, 'done');
    await closing;
    await conversation.close();
    expect(closes).toEqual([[4000, 'done']]);
  });

  test('a peer that never answers CLOSE is dropped in time', async () => {
    const closes: unknown[] = [];
    const errors: unknown[] = [];
    const { conversation, server, clock } = await connected({ closeTimeoutMs: 100 });
    conversation.on('close', (...values) => void closes.push(values));
    conversation.on('error', (error) => void errors.push(error));
    const closing = conversation.close();
    clock.advance(100);
    await closing;
    expect(server.isTerminated).toBe(true);
    expect(closes).toEqual([[1006, '']]);
    expect(errors).toEqual([]);
  });

  test('close while connecting makes connect reject', async () => {
    const server = fakeServer();
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'k',
      transport: server.transport,
    });
    const connecting = conversation.connect();
    const closing = conversation.close();
    await expect(connecting).rejects.toThrow(code('E_CONNECT_CLOSED'));
    await closing;
    expect(server.connection.isTerminated).toBe(true);
  });

  test('codes and reasons a client may not send are refused', async () => {
    const { conversation, server } = await connected();
    await expect(conversation.close(1006)).rejects.toThrow(code('E_INVALID_CLOSE'));
    await expect(conversation.close(1000, 'ü'.repeat(62))).rejects.toThrow(code('E_INVALID_CLOSE'));
    expect(server.closes).toEqual([]);
    expect(conversation.phase).toBe('open');
  });
});

describe('listening', () => {
  test('every listener is told in turn, whatever the others do', async () => {
    const heard: string[] = [];
    const { conversation, server } = await connected();
    const stopFirst = conversation.on('response.created', (event) => {
      heard.push(`first ${event.response.id}`);
      stopFirst();
      stopSecond();
      throw new Error('first fails');
    });
    const stopSecond = conversation.on('response.created', () => void heard.push('second'));
    conversation.on('response.created', () => void heard.push('third'));
    conversation.on('a.future.event', (event) => void heard.push(event.type));
    server.says({ type: 'response.created', response: { id: 'resp_1' } });
    server.says({ type: 'response.created', response: { id: 'resp_2' } });
    server.says({ type: 'a.future.event' });
    expect(heard).toEqual(['first resp_1', 'third', 'third', 'a.future.event']);
    expect(conversation.lastCallbackError).toEqual(new Error('first fails'));
  });

  test("a server event named like one of the client's own does not reach its listeners", async () => {
    const heard: unknown[] = [];
    const { conversation, server } = await connected();
    for (const name of ['open', 'close', 'text', 'audio'] as const)
      conversation.on(name, () => void heard.push(name));
    for (const type of ['open', 'close', 'text', 'audio', 'event']) server.says({ type });
    expect(heard).toEqual([]);
  });

  test('an error listener that fails is not told of its own failure', async () => {
    const { conversation, server } = await connected();
    conversation.on('error', () => {
      throw new Error('again');
    });
    server.says('{');
    expect(conversation.lastCallbackError).toEqual(new Error('again'));
  });

  test('errors of the server arrive as events and as E_SERVER_ERROR', async () => {
    const errors: SoundstageError[] = [];
    const { conversation, server } = await connected();
    conversation.on('error', (error) => void errors.push(error));
    const event = { type: 'error', error: { type: 'invalid_request_error', message: 'No.', param: 'audio' } };
    server.says(event);
    expect(errors).toMatchObject([
      { code: 'E_SERVER_ERROR', details: { message: 'No.', param: 'audio', event } },
    ]);
  });

  test('text comes from text and transcript deltas', async () => {
    const deltas: TextDelta[] = [];
    const { conversation, server } = await connected();
    conversation.on('text', (delta) => void deltas.push(delta));
    server.says({ type: 'response.text.delta', response_id: 'r', item_id: 'i', delta: 'Hel' });
    server.says({ type: 'response.audio_transcript.delta', response_id: 'r', item_id: 'i', delta: 'lo' });
    expect(deltas).toEqual([
      { delta: 'Hel', kind: 'text', responseId: 'r', itemId: 'i' },
      { delta: 'lo', kind: 'transcript', responseId: 'r', itemId: 'i' },
    ]);
  });

  test('audio cut inside a sample is joined, per item', async () => {
    const deltas: AudioDelta[] = [];
    const { conversation, server } = await connected();
    conversation.on('audio', (delta) => void deltas.push(delta));
    const audio = (item_id: string, ...bytes: number[]) =>
      server.says({ type: 'response.audio.delta', item_id, delta: encodeBase64(Uint8Array.from(bytes)) });
    audio('a', 1, 0, 2);
    audio('b', 9, 0);
    audio('a', 0, 3);
    audio('a', 0x80);
    expect(deltas.map(({ itemId, samples }) => [itemId, ...samples])).toEqual([
      ['a', 1],
      ['b', 9],
      ['a', 2],
      ['a', -32765],
    ]);
  });

  test('delays are those of the last response, whatever arrives late', async () => {
    const { conversation, server, clock } = await connected();
    server.says({ type: 'response.created', response: { id: 'resp_1' } });
    server.says({ type: 'response.created', response: { id: 'resp_2' } });
    clock.advance(10);
    server.says({ type: 'response.audio.delta', response_id: 'resp_1', delta: '' });
    expect(conversation.lastFirstAudioDelayMs).toBeNull();
    clock.advance(10);
    server.says({ type: 'response.audio_transcript.delta', response_id: 'resp_2', delta: 'a' });
    clock.advance(10);
    server.says({ type: 'response.audio.delta', response_id: 'resp_2', delta: '' });
    expect([conversation.lastFirstTextDelayMs, conversation.lastFirstAudioDelayMs]).toEqual([20, 30]);
  });

  test('a server that answers inside send keeps the order of events', async () => {
    const seen: string[] = [];
    const server = fakeServer(greet, (connection, event) => {
      if (event['type'] === 'response.cancel') connection.says({ type: 'second' });
    });
    const conversation: OmniRealtimeConversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'k',
      transport: server.transport,
    });
    await conversation.connect();
    conversation.on('first', () => conversation.cancelResponse());
    conversation.on('event', (event) => void seen.push(event.type));
    conversation.on('first', () => void seen.push('first, last listener'));
    server.connection.says({ type: 'first' });
    expect(seen).toEqual(['first', 'first, last listener', 'second']);
    await Promise.all([conversation.close(), server.connection.handlers.onClose(1000, '')]);
  });
});

describe('reading with for await', () => {
  test('sees everything from the start, and ends with a clean and with a dropped connection', async () => {
    for (const closeCode of [1000, undefined]) {
      const server = fakeServer(greet);
      const conversation = new OmniRealtimeConversation({
        model: MODEL,
        apiKey: 'k',
        transport: server.transport,
      });
      const reader = conversation[Symbol.asyncIterator]();
      await conversation.connect();
      server.connection.says({ type: 'later' });
      server.connection.handlers.onClose(closeCode, '');
      const types: string[] = [];
      for await (const event of reader) types.push(event.type);
      expect(types).toEqual(['session.created', 'later']);
      for await (const event of conversation) throw new Error(`nothing can follow, not ${event.type}`);
    }
  });

  test('ends when connecting fails', async () => {
    const server = fakeServer((connection) => connection.handlers.onRefused(401, ''));
    const conversation = new OmniRealtimeConversation({
      model: MODEL,
      apiKey: 'k',
      transport: server.transport,
    });
    const next = conversation[Symbol.asyncIterator]().next();
    await expect(conversation.connect()).rejects.toThrow(code('E_CONNECT_REFUSED'));
    expect(await next).toEqual({ value: undefined, done: true });
  });

  test('a reader that falls behind gets what is queued and then an error', async () => {
    const { conversation, server } = await connected({ maxQueuedEvents: 2 });
    const reader = conversation[Symbol.asyncIterator]();
    for (const type of ['one', 'two', 'three', 'four']) server.says({ type });
    expect(await reader.next()).toMatchObject({ value: { type: 'one' } });
    expect(await reader.next()).toMatchObject({ value: { type: 'two' } });
    await expect(reader.next()).rejects.toThrow(code('E_EVENT_QUEUE_FULL'));
    expect(await reader.next()).toMatchObject({ done: true });
  });
});

describe('ending the session', () => {
  test("times out by the client's clock, and can be tried again", async () => {
    const { conversation, server, clock } = await connected();
    const ending = conversation.endSession({ timeoutMs: 500 });
    const shared = conversation.endSession();
    clock.advance(500);
    await expect(ending).rejects.toThrow(code('E_END_TIMEOUT'));
    await expect(shared).rejects.toThrow(code('E_END_TIMEOUT'));
    const second = conversation.endSessionAsync();
    server.says({ type: 'session.finished' });
    await second;
    expect(server.sent.map((event) => event['type'])).toEqual(['session.finish', 'session.finish']);
    expect(clock.timerCount).toBe(0);
  });

  test('waits 20 s unless told otherwise', async () => {
    const { conversation, clock } = await connected();
    const ending = conversation.endSession();
    clock.advance(19_999);
    const early = await Promise.race([ending, Promise.resolve('still waiting')]);
    expect(early).toBe('still waiting');
    clock.advance(1);
    await expect(ending).rejects.toThrow(code('E_END_TIMEOUT'));
  });

  test('nothing follows session.finish but a close, unless raw or unchecked', async () => {
    const { conversation, server } = await connected();
    const ending = conversation.endSession();
    expect(() => conversation.appendAudio(new Uint8Array(2))).toThrow(code('E_SESSION_ENDING'));
    conversation.sendRaw({ type: 'response.cancel' });
    server.says({ type: 'session.finished' });
    await ending;
    expect(() => conversation.commit()).toThrow(code('E_SESSION_ENDING'));
    expect(server.sent.map((event) => event['type'])).toEqual(['session.finish', 'response.cancel']);
  });

  test('a session that was ended can be followed by another', async () => {
    const { conversation, connections } = await connected();
    const ending = conversation.endSession();
    connections[0]?.says({ type: 'session.finished' });
    await ending;
    connections[0]?.handlers.onClose(1000, '');
    await conversation.connect();
    conversation.commit();
    expect(connections[1]?.sent).toMatchObject([{ type: 'input_audio_buffer.commit' }]);
  });

  test('without a connection it rejects', async () => {
    const conversation = new OmniRealtimeConversation({ model: MODEL, apiKey: 'k' });
    await expect(conversation.endSession()).rejects.toThrow(code('E_NOT_OPEN'));
    await expect(conversation.drained()).rejects.toThrow(code('E_NOT_OPEN'));
    expect(() => conversation.commit()).toThrow(code('E_NOT_OPEN'));
  });
});

describe('draining', () => {
  test('resolves when the server has read, rejects when it closes or never reads', async () => {
    const { conversation, server, clock } = await connected();
    await conversation.drained();
    server.bufferedBytes = 10;
    const timedOut = conversation.drained({ timeoutMs: 20 });
    const enough = conversation.drained({ belowBytes: 4 });
    server.bufferedBytes = 4;
    clock.advance(5);
    await enough;
    clock.advance(20);
    await expect(timedOut).rejects.toThrow(code('E_DRAIN_TIMEOUT'));
    const dropped = conversation.drained();
    server.handlers.onClose(1011, 'Internal service error: null');
    await expect(dropped).rejects.toThrow(code('E_CLOSED'));
  });
});

describe('the ws transport', () => {
  const servers: HostileServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const conversationWith = async (script: Parameters<typeof hostileServer>[0]) => {
    const server = await hostileServer(script);
    servers.push(server);
    return new OmniRealtimeConversation({ model: MODEL, url: server.url, apiKey: 'k' });
  };

  test('takes whole messages of any size and cut, up to 16 MiB and more', async () => {
    const sizes = [1025, 33_000, 65_537, 2 ** 20 + 1, 2 ** 24 + 1];
    const conversation = await conversationWith({
      onConnection(socket) {
        say(socket, SESSION_CREATED);
        for (const size of sizes) say(socket, { type: 'large', text: 'é'.repeat(size / 2) });
        const cut = Buffer.from('{"type":"cut","text":"é"}');
        const inside = cut.indexOf(0xa9);
        socket.send(cut.subarray(0, inside), { fin: false, binary: false });
        socket.ping();
        socket.send(cut.subarray(inside), { fin: true });
        socket.close(1000);
      },
    });
    const reader = conversation[Symbol.asyncIterator]();
    await conversation.connect();
    const events: Record<string, unknown>[] = [];
    for await (const event of reader) events.push(event as unknown as Record<string, unknown>);
    expect(events.slice(1, -1).map((event) => String(event['text']).length)).toEqual(
      sizes.map((size) => Math.floor(size / 2)),
    );
    expect(events.at(-1)).toEqual({ type: 'cut', text: 'é' });
  });

  test('reports other refusals with their status too', async () => {
    for (const status of [301, 403, 404, 429, 503]) {
      const conversation = await conversationWith({ refuse: { status, body: `because ${status}` } });
      await expect(conversation.connect()).rejects.toMatchObject({
        code: 'E_CONNECT_REFUSED',
        details: { status, body: `because ${status}` },
      });
    }
  });

  test('invalid UTF-8 and over-long close reasons end the connection, not the process', async () => {
    for (const frame of [Buffer.from([0x81, 0x02, 0xc3, 0x28]), Buffer.from([0x88, 0x7e, 0x00, 0xc8])]) {
      const conversation = await conversationWith({
        onConnection(socket, raw) {
          say(socket, SESSION_CREATED);
          raw.write(Buffer.concat([frame, Buffer.alloc(200)]));
        },
      });
      const errors: string[] = [];
      const reader = conversation[Symbol.asyncIterator]();
      conversation.on('error', (error) => void errors.push(error.code));
      await conversation.connect();
      for await (const event of reader) expect(event.type).toBe('session.created');
      expect(errors).toEqual(['E_CONNECTION_LOST']);
      expect(conversation.phase).toBe('closed');
    }
  });

  test('closing while the upgrade is unanswered leaves nothing behind', async () => {
    const conversation = await conversationWith({ ignoreUpgrade: true });
    const connecting = conversation.connect();
    await conversation.close();
    await expect(connecting).rejects.toThrow(code('E_CONNECT_CLOSED'));
  });
});
