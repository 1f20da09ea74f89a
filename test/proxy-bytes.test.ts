/** The recording proxy passes every byte, and writes down what the bytes say. */
import { describe, expect, test } from 'vitest';
import { closePayload, frameBytes, joinBytes, OPCODES } from '../src/protocol/websocket-frames.js';
import { linked, untilClientHas } from './support/proxied.js';
import { wordsOf } from './support/recorded.js';

const UTF8 = new TextEncoder();
const MASK = [1, 2, 3, 4] as const;
const { continuation, text, binary, close, ping, pong } = OPCODES;

function serverFrame(opcode: number, payload: string | Uint8Array, more: { fin?: boolean } = {}): Uint8Array {
  return frameBytes({
    opcode,
    payload: typeof payload === 'string' ? UTF8.encode(payload) : payload,
    ...more,
  });
}

function clientFrame(opcode: number, payload: string | Uint8Array, more: { fin?: boolean } = {}): Uint8Array {
  return frameBytes({
    opcode,
    payload: typeof payload === 'string' ? UTF8.encode(payload) : payload,
    mask: MASK,
    ...more,
  });
}

/** Every kind of thing that a client may say, and a server. */
const CLIENT_SAYS = joinBytes([
  clientFrame(text, '{"type":"a"}'),
  clientFrame(text, 'he', { fin: false }),
  clientFrame(ping, Uint8Array.of(7)),
  clientFrame(continuation, 'llo'),
  clientFrame(binary, Uint8Array.of(1, 2, 3)),
  clientFrame(text, Uint8Array.of(0xff)),
  clientFrame(pong, ''),
  clientFrame(text, 'é'.repeat(40_000)),
  clientFrame(close, closePayload(1000, 'bye')),
]);
const SERVER_SAYS = joinBytes([
  serverFrame(text, '{"type":"session.created"}'),
  serverFrame(ping, Uint8Array.of(1, 255)),
  serverFrame(binary, 'a', { fin: false }),
  serverFrame(continuation, 'b'),
  serverFrame(close, closePayload(1011, 'r'.repeat(300))),
]);

function wordsSaid(): string[][] {
  return [
    [
      'client text {"type":"a"}',
      'client ping 07',
      'client text hello [2 3]',
      'client binary 010203',
      'client invalid-text ff',
      'client pong',
      `client text ${'é'.repeat(40_000)}`,
      'client close 1000 bye',
      'client end fin',
    ],
    [
      'server text {"type":"session.created"}',
      'server ping 01ff',
      'server binary 6162',
      `server close 1011 ${'r'.repeat(300)}`,
      'server end fin',
    ],
  ];
}

/** Writes in pieces, each when the one before has arrived: no two are joined on the way. */
async function writePieces(
  bytes: Uint8Array,
  sizeBytes: number,
  write: (piece: Uint8Array) => void,
  untilArrived: (count: number) => Promise<void>,
): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += sizeBytes) {
    const piece = bytes.subarray(offset, offset + sizeBytes);
    write(piece);
    await untilArrived(offset + piece.length);
  }
}

describe('bytes arrive exactly, and are understood', () => {
  test.each([37, 1_000, 65_536, 1_000_000])('in pieces of %i bytes', async (sizeBytes) => {
    const { client, server, recording } = await linked();
    await writePieces(
      CLIENT_SAYS,
      sizeBytes,
      (piece) => client.write(piece),
      (count) => server.untilReceived(count),
    );
    await writePieces(
      SERVER_SAYS,
      sizeBytes,
      (piece) => server.socket.write(piece),
      (count) => untilClientHas(client, count),
    );
    client.socket.end();
    await server.saw.until('end');
    server.socket.end();
    const { path, complete } = await recording();
    expect(server.received.equals(CLIENT_SAYS)).toBe(true);
    expect(client.received.equals(SERVER_SAYS)).toBe(true);
    const words = wordsOf(path);
    const [clientWords, serverWords] = wordsSaid();
    expect(words.filter((word) => word.startsWith('client'))).toEqual(clientWords);
    expect(words.filter((word) => word.startsWith('server'))).toEqual(serverWords);
    expect(complete).toBe(true);
  });

  test('what comes in the same packet as the handshake is passed on, from either side', async () => {
    const greeting = serverFrame(text, 'early');
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { client, server, recording } = await linked(
      {},
      { answer: answer + Buffer.from(greeting).toString('latin1') },
    );
    await untilClientHas(client, greeting.length);
    client.socket.end();
    await server.saw.until('end');
    server.socket.end();
    expect(client.received.equals(greeting)).toBe(true);
    expect(wordsOf((await recording()).path)[0]).toBe('server text early');
  });
});

describe('what is no WebSocket passes as well, and is recorded as bytes', () => {
  const ILLEGAL: readonly (readonly [string, Uint8Array])[] = [
    ['a masked frame of the server', frameBytes({ opcode: text, payload: UTF8.encode('x'), mask: MASK })],
    ['a reserved bit', frameBytes({ opcode: text, payload: UTF8.encode('x'), rsv1: true })],
    ['an opcode nobody defined', serverFrame(11, 'x')],
    ['a continuation of nothing', serverFrame(continuation, 'x')],
    ['a fragmented ping', serverFrame(ping, 'x', { fin: false })],
    ['half a close code', serverFrame(close, Uint8Array.of(3))],
    ['a close reason that is no UTF-8', serverFrame(close, Uint8Array.of(3, 232, 255))],
    [
      'a length that no server keeps',
      frameBytes({ opcode: text, payload: UTF8.encode('x'), declaredBytes: 2 ** 40 }),
    ],
    ['a message inside another', joinBytes([serverFrame(text, 'a', { fin: false }), serverFrame(text, 'b')])],
    ['a frame cut short', serverFrame(text, 'hello').subarray(0, 4)],
    ['a message without its end', serverFrame(text, 'hel', { fin: false })],
  ];

  test.each(ILLEGAL)('%s', async (_, illegal) => {
    const { client, server, recording } = await linked();
    const said = joinBytes([serverFrame(text, 'legal'), illegal]);
    server.socket.end(said);
    await untilClientHas(client, said.length);
    client.socket.end();
    expect(client.received.equals(said)).toBe(true);
    const { path, complete } = await recording();
    const words = wordsOf(path).filter((word) => word.startsWith('server'));
    expect(words).toEqual([
      'server text legal',
      `server bytes ${Buffer.from(illegal).toString('hex')}`,
      'server end fin',
    ]);
    expect(complete).toBe(true);
  });

  test('everything behind the first illegal frame is bytes', async () => {
    const { client, server, recording } = await linked();
    server.socket.write(joinBytes([serverFrame(11, 'x'), serverFrame(text, 'legal again')]));
    const first = serverFrame(11, 'x').length + serverFrame(text, 'legal again').length;
    await untilClientHas(client, first);
    server.socket.end(serverFrame(ping, ''));
    await untilClientHas(client, first + 2);
    client.socket.end();
    const words = wordsOf((await recording()).path).filter((word) => word.startsWith('server bytes'));
    expect(words).toHaveLength(2);
    expect(words[1]).toBe('server bytes 8900');
  });
});

describe('how a connection ends is passed on', () => {
  test('a half-closed connection still carries the other direction', async () => {
    const { client, server, recording } = await linked();
    client.socket.end(clientFrame(text, 'last'));
    await server.saw.until('end');
    const answer = serverFrame(text, 'answer to a closed half');
    server.socket.write(answer);
    await untilClientHas(client, answer.length);
    server.socket.end();
    await client.saw.until('end');
    expect(wordsOf((await recording()).path)).toEqual([
      'client text last',
      'client end fin',
      'server text answer to a closed half',
      'server end fin',
    ]);
  });

  test('so does one that the server has half closed', async () => {
    const { client, server, recording } = await linked();
    server.socket.end(serverFrame(text, 'last'));
    await client.saw.until('end');
    client.write(clientFrame(ping, ''));
    await server.untilReceived(6);
    client.socket.end();
    await server.saw.until('end');
    expect(wordsOf((await recording()).path)).toEqual([
      'server text last',
      'server end fin',
      'client ping',
      'client end fin',
    ]);
  });

  test('a reset of the server resets the client, behind what was said before', async () => {
    const { client, server, recording } = await linked();
    const said = serverFrame(text, 'and then nothing');
    server.socket.write(said);
    await untilClientHas(client, said.length);
    server.socket.resetAndDestroy();
    expect(await client.saw.until('error')).toBe('error ECONNRESET');
    const { path, complete } = await recording();
    expect(wordsOf(path)).toEqual(['server text and then nothing', 'server end reset']);
    expect(complete).toBe(true);
  });

  test('a reset of the client resets the server', async () => {
    const { client, server, recording } = await linked();
    client.write(clientFrame(ping, ''));
    await server.untilReceived(6);
    client.socket.resetAndDestroy();
    expect(await server.saw.until('error')).toBe('error ECONNRESET');
    expect(wordsOf((await recording()).path)).toEqual(['client ping', 'client end reset']);
  });

  test('the proxy that closes ends both sides and finishes the recording', async () => {
    const { client, server, proxy, recording } = await linked();
    server.socket.write(serverFrame(text, 'cut').subarray(0, 3));
    await untilClientHas(client, 3);
    await proxy.close();
    await Promise.all([client.saw.until('end'), server.saw.until('end')]);
    const { path, complete } = await recording();
    expect([wordsOf(path), complete]).toEqual([['server bytes 810363'], true]);
  });
});

test('a client that does not read holds the server back', async () => {
  const { client, server, recording } = await linked();
  client.socket.pause();
  const piece = serverFrame(binary, new Uint8Array(1024 * 1024));
  // More than the kernel keeps for both connections: at last nothing is taken any more.
  let writtenBytes = 0;
  while (server.socket.writableLength < 8 * 1024 * 1024) {
    server.socket.write(piece);
    writtenBytes += piece.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(writtenBytes).toBeLessThan(256 * 1024 * 1024);
  }
  client.socket.resume();
  server.socket.end();
  await client.saw.until('end');
  client.socket.end();
  expect(client.received.length).toBe(writtenBytes);
  const { complete, entries } = await recording();
  expect([complete, entries]).toEqual([true, 4 + writtenBytes / piece.length]);
});
