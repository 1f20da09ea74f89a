/**
 * The quirks that show at the upgrade or in a close frame, over real sockets. Protocol reference §1.4, §1.5, §11.8,
 * §11.15.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/mock-server/index.js';
import { RawPeer } from './support/raw-peer.js';
import { SocketClient } from './support/socket-client.js';

let server: MockServer;
const clients: SocketClient[] = [];

async function dial(options: MockServerOptions, model: string, protocols: string[] = [], key = 'sk-test') {
  server = await createMockServer(options);
  const client = new SocketClient(`${server.url}?model=${encodeURIComponent(model)}`, { protocols, key });
  clients.push(client);
  await client.settled();
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.close();
});

const OMNI = 'qwen3.5-omni-flash-realtime';

describe('unknownModel', () => {
  it('created-then-close', async () => {
    const client = await dial({}, 'no-such-model');
    expect(await client.closed).toEqual({ code: 1007, reason: 'Model not found (no-such-model)!' });
    expect(client.types).toEqual(['session.created']);
  });

  it('close', async () => {
    const client = await dial({ quirks: { unknownModel: 'close' } }, 'no-such-model');
    expect(await client.closed).toEqual({ code: 1007, reason: 'Model not found (no-such-model)!' });
    expect(client.types).toEqual([]);
  });

  it('http-400', async () => {
    const client = await dial({ quirks: { unknownModel: 'http-400' } }, 'no-such-model');
    expect(client.refusedWith).toBe(400);
  });
});

describe('selectSubprotocol', () => {
  it.each([true, false])('%s', async (selectSubprotocol) => {
    server = await createMockServer({ quirks: { selectSubprotocol } });
    const peer = new RawPeer(server.url);
    const headers = ['Host: a', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
    headers.push('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Authorization: Bearer sk-1');
    headers.push('Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1');
    peer.write(`GET /api-ws/v1/realtime?model=${OMNI} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    await peer.saw.until('data');
    peer.socket.destroy();
    expect(peer.receivedText).toMatch(/^HTTP\/1\.1 101 /);
    expect(/sec-websocket-protocol: realtime\r\n/i.test(peer.receivedText)).toBe(selectSubprotocol);
  });
});

describe('keyErrorsAsEvents', () => {
  it('false: a wrong key is refused with HTTP 401', async () => {
    const client = await dial({ keys: { known: ['sk-right'] } }, OMNI, [], 'sk-wrong');
    expect(client.refusedWith).toBe(401);
  });

  it('true: a wrong key gets the upgrade and then an error event', async () => {
    const options = { keys: { known: ['sk-right'] }, quirks: { keyErrorsAsEvents: true } };
    const client = await dial(options, OMNI, [], 'sk-wrong');
    expect((await client.closed).code).toBe(1007);
    expect(client.events).toMatchObject([
      { type: 'error', error: { type: 'authentication_error', code: 'invalid_api_key' } },
    ]);
  });
});

describe('truncateCloseReason', () => {
  const longName = `no-such-model-${'x'.repeat(150)}`;

  it('true: a reason is cut to 123 bytes', async () => {
    const client = await dial({}, longName);
    const { code, reason } = await client.closed;
    expect([code, reason]).toEqual([1007, `Model not found (${longName})!`.slice(0, 123)]);
  });

  it('false: it goes out over-long, which strict clients call a protocol error', async () => {
    const client = await dial({ quirks: { truncateCloseReason: false } }, longName);
    await client.closed;
    expect(client.protocolErrors).toHaveLength(1);
  });
});
