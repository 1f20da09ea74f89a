/**
 * The reference client as a user meets it: listening, reading, ending. The test plays the server, and moves the
 * clock where time matters.
 */
import { describe, expect, test } from 'vitest';
import { type AudioDelta, OmniRealtimeConversation, type TextDelta } from '../src/client/index.js';
import { encodeBase64 } from '../src/media/index.js';
import type { SoundstageError } from '../src/protocol/index.js';
import { fakeServer, greet } from './support/client-fakes.js';
import { connected, MODEL } from './support/connected-conversation.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

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
    server.says({ type: 'response.created', response: { id: 'resp_3' } });
    expect([conversation.lastFirstTextDelayMs, conversation.lastFirstAudioDelayMs]).toEqual([null, null]);
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
