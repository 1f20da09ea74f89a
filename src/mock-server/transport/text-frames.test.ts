import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import * as ws from 'ws';
import type { MessageText } from './connection.js';
import { textFrames as writeTextFrames } from './text-frames.js';

const textFrames = (texts: readonly MessageText[]) =>
  writeTextFrames(texts, (size) => Buffer.alloc(size, 0xff));

/** The library's own reader, which its types leave out. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable;
};

/** What the `ws` library reads from bytes that a server sent. */
async function read(bytes: Buffer, count: number): Promise<string[]> {
  const receiver = new Receiver({ isServer: false, maxPayload: 0 });
  const messages: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    receiver.on('error', reject);
    receiver.on('message', (data: Buffer) => {
      messages.push(data.toString('utf8'));
      if (messages.length === count) resolve();
    });
  });
  const source = new PassThrough();
  source.pipe(receiver);
  source.end(bytes);
  await Promise.race([done, once(receiver, 'error')]);
  return messages;
}

describe('textFrames', () => {
  test('writes every length form at its borders, as the ws library reads it', async () => {
    const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000].map((length) => 'a'.repeat(length));
    expect(await read(textFrames(texts), texts.length)).toEqual(texts);
  });

  test('counts bytes, not characters', async () => {
    const texts = ['Eliška', '你好'.repeat(21), '\u{1f600}'.repeat(32)];
    expect(await read(textFrames(texts), texts.length)).toEqual(texts);
  });

  test('replaces lone surrogates', async () => {
    expect(await read(textFrames(['a\ud800b']), 1)).toEqual(['a\ufffdb']);
  });

  test('puts the pieces of a message into one frame', async () => {
    const texts = [['{"delta":"', 'QUJD'.repeat(5_000), '"}'], 'é', ['é', '', 'x']];
    expect(await read(textFrames(texts), 3)).toEqual([`{"delta":"${'QUJD'.repeat(5_000)}"}`, 'é', 'éx']);
  });

  test('writes nothing for nothing', () => {
    expect(textFrames([])).toHaveLength(0);
  });
});
