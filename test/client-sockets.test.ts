/**
 * The reference client on real sockets: large and cut messages, refusals, broken frames. Each server here is a few
 * lines that misbehave in one way.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { SESSION_CREATED } from './support/client-fakes.js';
import { closeServers, conversationWith } from './support/connected-conversation.js';
import { say } from './support/hostile-server.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('the ws transport', () => {
  afterEach(closeServers);

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
