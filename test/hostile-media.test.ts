/**
 * Audio and images that no client should send, over real sockets: each gets the catalogue's answer, the session
 * survives, and an innocent session beside it says the same as without the attack. Protocol reference §1.7, §3.2,
 * §3.5, §11.4, §11.6, §11.7.
 */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/protocol/index.js';
import { AttackedServer } from './support/attacked-server.js';
import { append, commit, MODEL_OF, manual, pause } from './support/client-messages.js';
import { errorsOf } from './support/seen-responses.js';
import type { SocketClient } from './support/socket-client.js';

let server: AttackedServer;
beforeEach(async () => {
  server = await AttackedServer.open();
});
afterEach(() => server.close());

const invalid = (param: string, message: string) => ({
  type: 'invalid_request_error',
  code: 'invalid_value',
  message,
  param,
});
const EMPTY_COMMIT = {
  type: 'invalid_request_error',
  message: 'Error committing input audio buffer: buffer too small, or have no audio.',
};
const NOT_JPEG = invalid('image', 'Image format is not supported. Supported formats are: JPG, JPEG.');
const BROKEN = invalid('image', 'Image cannot be decoded: the JPEG data is truncated or damaged.');

const audio = (text: unknown) => ({ type: 'input_audio_buffer.append', audio: text });
const fixture = (name: string) => readFileSync(new URL(`./fixtures/images/${name}`, import.meta.url));
const SCENE = fixture('scene-640x480.jpg');

describe('audio', () => {
  it.each<[string, unknown, object]>([
    ['no base64', '***', invalid('audio', "Invalid value: 'audio' is not valid base64.")],
    [
      'base64 without its padding sign in the middle',
      'AA=A',
      invalid('audio', "Invalid value: 'audio' is not valid base64."),
    ],
    [
      'a data URI',
      'data:audio/pcm;base64,AAAA',
      invalid('audio', "Invalid value: 'audio' is not valid base64."),
    ],
    ['a number', 7, invalid('audio', "Invalid type for 'audio': expected string.")],
    ['null', null, invalid('audio', "Invalid type for 'audio': expected string.")],
    ['nothing', undefined, invalid('audio', "Missing required parameter: 'audio'.")],
  ])('%s', async (_, text, expected) => {
    expect(await server.attack((attacker) => attacker.send(audio(text)))).toEqual([expected]);
  });

  it('an empty append is no audio', async () => {
    const answers = await server.attack((attacker) => {
      for (const event of [manual, audio(''), commit]) attacker.send(event);
    });
    expect(answers).toEqual([EMPTY_COMMIT]);
  });

  it('odd byte counts are accepted, in any order', async () => {
    const answers = await server.attack((attacker) => {
      attacker.send(manual);
      for (const sizeBytes of [1, 1, 3, 999])
        attacker.send(audio(Buffer.alloc(sizeBytes).toString('base64')));
      for (const event of [commit, audio('AA=='), commit]) attacker.send(event);
    });
    expect(answers).toEqual([]);
  });

  it('an append of exactly the limit is taken, one of one character more is not', async () => {
    const longest = 'A'.repeat(LIMITS.appendAudioChars);
    const answers = await server.attack((attacker) => {
      for (const event of [manual, audio(longest), audio(`${longest}A`), commit]) attacker.send(event);
    });
    expect(answers).toEqual([invalid('audio', 'Audio exceeds the limit of 15728640 characters.')]);
  });

  it('noise at full level interrupts nobody', async () => {
    const noise = Int16Array.from({ length: 80_000 }, (_, index) => (((index * 7919) % 65_537) - 32_768) | 0);
    expect(await server.attack((attacker) => attacker.send(append(noise)))).toEqual([]);
  });
});

describe('images', () => {
  function sendImage(attacker: SocketClient, bytes: Uint8Array | string): void {
    attacker.send(manual);
    attacker.send(append(pause(100)));
    const image = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
    attacker.send({ type: 'input_image_buffer.append', image });
  }

  /** The picture with another size written into its frame header. */
  function claiming(widthPx: number, heightPx: number): Buffer {
    const bytes = Buffer.from(SCENE);
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(heightPx, frame + 5);
    bytes.writeUInt16BE(widthPx, frame + 7);
    return bytes;
  }

  it.each<[string, Uint8Array | string, object]>([
    ['no base64', '%%%%', invalid('image', "Invalid value: 'image' is not valid base64.")],
    [
      'a data URI',
      `data:image/jpeg;base64,${SCENE.toString('base64')}`,
      invalid('image', "Invalid value: 'image' is not valid base64."),
    ],
    ['nothing', '', NOT_JPEG],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), NOT_JPEG],
    ['a header alone', SCENE.subarray(0, 30), BROKEN],
    ['a file cut off', fixture('scene-truncated-640x480.jpg'), BROKEN],
    [
      'a bomb of 65535x65535',
      claiming(65_535, 65_535),
      invalid('image', 'Image of 65535x65535 pixels exceeds the limit of 1920x1080 pixels.'),
    ],
    [
      '2000x1200',
      fixture('scene-2000x1200.jpg'),
      invalid('image', 'Image of 2000x1200 pixels exceeds the limit of 1920x1080 pixels.'),
    ],
    [
      'one character too many',
      'A'.repeat(LIMITS.imageBase64Chars + 1),
      invalid('image', 'Image size exceeds the limit of 262144 bytes after base64 encoding.'),
    ],
  ])('%s', async (_, bytes, expected) => {
    expect(await server.attack((attacker) => sendImage(attacker, bytes))).toEqual([expected]);
  });

  it('one damaged inside is refused when it is committed, and the turn goes on without it', async () => {
    const innocent = await server.dial('innocent');
    const attacker = await server.dial('attacker');
    sendImage(attacker, claiming(1900, 1000));
    attacker.send(commit);
    const committed = await attacker.upTo('input_audio_buffer.committed');
    expect(errorsOf(committed)).toEqual([BROKEN]);
    await server.expectUnharmed(innocent);
    await server.cleanTurn(attacker);
  });

  it('TURBO counts bytes before base64', async () => {
    const padded = Buffer.alloc(LIMITS.imageRawBytes + 1);
    const answers = await server.attack((attacker) => {
      sendImage(attacker, padded);
      attacker.send({ type: 'session.update', session: { modalities: ['text'] } });
    }, MODEL_OF.turbo);
    expect(answers).toEqual([
      invalid('image', 'Image size exceeds the limit of 512000 bytes before base64 encoding.'),
    ]);
  });

  it('a thousand good ones are one turn', async () => {
    const image = fixture('scene-grey-160x120.jpg').toString('base64');
    const answers = await server.attack((attacker) => {
      attacker.send(manual);
      attacker.send(append(pause(100)));
      for (let count = 0; count < 1000; count += 1)
        attacker.send({ type: 'input_image_buffer.append', image });
      attacker.send(commit);
    });
    expect(answers).toEqual([]);
  });
});
