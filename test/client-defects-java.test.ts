/**
 * The defects that the official Java SDK is known to have, each by name, each shown not to exist in the reference
 * client.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { OmniRealtimeConversation } from '../src/client/index.js';
import { fakeServer, greet, manualClock, SESSION_CREATED } from './support/client-fakes.js';
import { closeServers, conversationWith, MODEL, rejection, serve } from './support/connected-conversation.js';
import { say } from './support/hostile-server.js';

afterEach(closeServers);

const code = (expected: string) => expect.objectContaining({ code: expected });

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
    const server = await serve({});
    await closeServers();
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
