/**
 * The order of frames on a real socket when a client sends several in one packet: what the server says to one
 * message comes before what the WebSocket library answers to the next frame by itself.
 */
import { expect, test } from 'vitest';
import type { Connection, ConnectionHandler } from '../src/mock-server/transport/connection.js';
import { listenWs } from '../src/mock-server/transport/ws-transport.js';
import { clientFrame, RawPeer } from './support/raw-peer.js';

const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const CODE_1000 = [0x03, 0xe8];

/** Sends the frames in one packet to a server that has `onText`, and reads until the end as text. */
async function talk(
  onText: (connection: Connection, text: string) => void,
  frames: readonly Buffer[],
): Promise<string> {
  const handler = (connection: Connection): ConnectionHandler => ({
    onText: (text) => onText(connection, text),
    onBinary: () => {},
    onClose: () => {},
  });
  const listener = await listenWs({ accept: () => ({ accept: true, handler }) });
  try {
    const peer = await new RawPeer(listener.url).upgrade();
    peer.write(Buffer.concat(frames));
    await peer.saw.until('close');
    return peer.receivedText;
  } finally {
    await listener.close();
  }
}

const close = clientFrame(CLOSE, Uint8Array.from(CODE_1000));

test('the answers to a message come before the answer to the close and the ping behind it', async () => {
  const received = await talk(
    (connection, text) => {
      connection.sendText(`${text}1`);
      connection.sendText(`${text}2`);
    },
    [clientFrame(TEXT, 'a'), clientFrame(PING, 'p'), clientFrame(TEXT, 'b'), close],
  );
  expect(received).toBe('\x81\x02a1\x81\x02a2\x8a\x01p\x81\x02b1\x81\x02b2\x88\x02\x03\xe8');
});

test('nothing follows the answer to a close, though a message before it was held back', async () => {
  const received = await talk(
    (connection, text) => {
      // The second answer is too long to wait for the end of the tick.
      connection.sendText(text === 'a' ? text : text.repeat(2 * 1024 * 1024));
      if (text !== 'a') return;
      connection.pauseReading();
      process.nextTick(() => connection.resumeReading());
    },
    [clientFrame(TEXT, 'a'), clientFrame(TEXT, 'b'), close],
  );
  expect(received).toBe('\x81\x01a\x88\x02\x03\xe8');
});
