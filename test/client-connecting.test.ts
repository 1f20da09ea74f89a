/**
 * How the reference client connects and closes, in good order and in bad. The test plays the server, and moves the
 * clock where time matters.
 */
import { describe, expect, test } from 'vitest';
import { OmniRealtimeConversation } from '../src/client/index.js';
import { fakeServer, greet, manualClock } from './support/client-fakes.js';
import { connected, MODEL } from './support/connected-conversation.js';

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
