/**
 * Recordings as zip files: what comes back is what went in, and what is no recording is refused before anything of it is
 * written.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import {
  accepted,
  append,
  audioDelta,
  client,
  folderOf,
  tone,
  upgrade,
  writtenParts,
} from '../../../test/support/written-recording.js';
import { LIMITS } from '../../protocol/limits.js';
import { openRecording } from './open-recording.js';
import { packRecording, unpackRecording } from './pack-recording.js';

const root = mkdtempSync(join(tmpdir(), 'soundstage-pack-'));
let count = 0;
function fresh(ending: string): string {
  count += 1;
  return join(root, `${count}${ending}`);
}

afterAll(() => rmSync(root, { recursive: true, force: true }));

const JPEG = Uint8Array.of(0xff, 0xd8, 1, 2, 3);
const SESSION = [
  upgrade(),
  accepted(),
  append(10, tone(1600)),
  audioDelta(20, tone(2400)),
  client(30, { type: 'input_image_buffer.append', image: Buffer.from(JPEG).toString('base64') }),
];
const PARTS = writtenParts(SESSION).toObject();

function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    name.replaceAll('\\', '/'),
  );
  const files = names.filter((name) => name !== 'images');
  return Object.fromEntries(
    files.sort().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

function zipFile(files: Zippable): string {
  const path = fresh('.rec.zip');
  writeFileSync(path, zipSync(files));
  return path;
}

/** The bytes of a good file, changed. */
function spoilt(change: (bytes: Buffer) => Buffer | undefined, files: Zippable = PARTS): string {
  const bytes = Buffer.from(zipSync(files));
  const path = fresh('.rec.zip');
  writeFileSync(path, change(bytes) ?? bytes);
  return path;
}

/** Where the directory's entry of the first file begins. */
const central = (bytes: Buffer) => bytes.indexOf(Buffer.from('504b0102', 'hex'));

describe('packing', () => {
  const side = fc.boolean();
  const message = fc.record({ side, samples: fc.nat(40), text: fc.string({ unit: 'binary' }) });

  property.prop([fc.array(message, { maxLength: 8 })], { numRuns: 20 })(
    'folder to zip to folder gives the same bytes, and packing twice gives the same file',
    async (messages) => {
      const entries = messages.flatMap(({ side, samples, text }) => [
        side ? append(1, tone(samples)) : audioDelta(1, tone(samples)),
        client(1, text),
      ]);
      const folder = folderOf(fresh('.rec'), entries);
      const [first, second, back] = [fresh('.rec.zip'), fresh('.rec.zip'), fresh('.rec')];
      await packRecording(folder, first);
      await packRecording(folder, second);
      expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
      await unpackRecording(first, back);
      expect(contentOf(back)).toEqual(contentOf(folder));
    },
  );

  it('gives the same bytes in another time zone', async () => {
    const folder = folderOf(fresh('.rec'), SESSION);
    const [here, there] = [fresh('.rec.zip'), fresh('.rec.zip')];
    await packRecording(folder, here);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Auckland';
    await packRecording(folder, there);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    expect(readFileSync(there).equals(readFileSync(here))).toBe(true);
  });

  it('a zip file is read like a folder', async () => {
    const folder = folderOf(fresh('.rec'), SESSION);
    const file = fresh('.rec.zip');
    await packRecording(folder, file);
    const [one, other] = [openRecording(folder), openRecording(file)];
    expect([...other.entries()]).toEqual([...one.entries()]);
    expect(other.transcriptHash()).toBe(one.transcriptHash());
  });

  it('reads what other programs packed: everything deflated, in one folder', async () => {
    const file = zipFile({ 'session.rec': PARTS as Zippable });
    expect([...openRecording(file).entries()]).toHaveLength(SESSION.length);
    const back = fresh('.rec');
    await unpackRecording(file, back);
    expect(contentOf(back)).toEqual(contentOf(folderOf(fresh('.rec'), SESSION)));
  });

  it('replaces nothing unless it is told to, and nothing but a recording then', async () => {
    const folder = folderOf(fresh('.rec'), SESSION);
    const file = fresh('.rec.zip');
    writeFileSync(file, 'mine');
    await expect(packRecording(folder, file)).rejects.toMatchObject({ code: 'E_RECORDING_EXISTS' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await packRecording(folder, file, { force: true });
    await expect(unpackRecording(file, folder)).rejects.toMatchObject({ code: 'E_RECORDING_EXISTS' });
    await unpackRecording(file, folder, { force: true });
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await expect(unpackRecording(file, folder, { force: true })).rejects.toMatchObject({
      code: 'E_RECORDING_EXISTS',
    });
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when it fails in the middle', async () => {
    const file = spoilt(
      (bytes) => {
        // One bit of the samples of the last lane.
        const at = bytes.indexOf(Buffer.from('server.wav')) + 200;
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        return bytes;
      },
      Object.fromEntries(Object.entries(PARTS).map(([part, bytes]) => [part, [bytes, { level: 0 }]])),
    );
    const before = readdirSync(root);
    await expect(unpackRecording(file, fresh('.rec'))).rejects.toMatchObject({
      message: expect.stringContaining("'server.wav' is damaged"),
    });
    expect(readdirSync(root)).toEqual(before);
  });
});

const REFUSED: [what: string, file: () => string, why: string][] = [
  ['no zip file', () => spoilt(() => Buffer.from('hello')), 'no zip file'],
  ['a file that is cut off', () => spoilt((bytes) => bytes.subarray(0, bytes.length - 30)), 'no zip file'],
  ['a file that was cut out of', () => spoilt((bytes) => bytes.subarray(40)), 'does not fit'],
  ['another name', () => zipFile({ ...PARTS, 'run.sh': strToU8('x') }), "'run.sh' is no part"],
  [
    'a path upwards',
    () => zipFile({ ...PARTS, '../client.wav': strToU8('x') }),
    "'../client.wav' is no part",
  ],
  [
    'only paths upwards',
    () => zipFile({ '../manifest.json': strToU8('{}') }),
    "'../manifest.json' is no part",
  ],
  [
    'an absolute path',
    () => zipFile({ ...PARTS, '/events.jsonl': strToU8('x') }),
    "'/events.jsonl' is no part",
  ],
  ['a path of another system', () => zipFile({ ...PARTS, 'images\\x.jpg': strToU8('x') }), 'is no part'],
  [
    'a folder in its folder',
    () => zipFile({ a: { b: PARTS as Zippable } }),
    "'a/b/manifest.json' is no part",
  ],
  [
    'a link',
    () => zipFile({ ...PARTS, 'client.wav': [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }),
    'is a link',
  ],
  [
    'an encrypted part',
    () => spoilt((bytes) => void bytes.writeUInt16LE(1, central(bytes) + 8)),
    "'manifest.json' is encrypted",
  ],
  [
    'a method nobody needs',
    () => spoilt((bytes) => void bytes.writeUInt16LE(14, central(bytes) + 10)),
    'packed by method 14',
  ],
  [
    'two entries of one name',
    () =>
      spoilt(
        (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('client.waw', 'client.wav'), 'latin1'),
        { ...PARTS, 'client.waw': strToU8('x') },
      ),
    'two entries of one name',
  ],
  [
    'a part that has two names',
    () => spoilt((bytes) => void bytes.write('manifest.jsom', 30)),
    "'manifest.json' has two names",
  ],
  [
    'a part that reaches over the directory',
    () => spoilt((bytes) => void bytes.writeUInt32LE(bytes.length, central(bytes) + 20)),
    'is cut off',
  ],
  [
    'more entries than are allowed',
    () =>
      spoilt((bytes) => {
        bytes.writeUInt16LE(0xfffe, bytes.length - 14);
        bytes.writeUInt16LE(0xfffe, bytes.length - 12);
      }),
    'is cut off',
  ],
  [
    'parts that say they are larger than is allowed',
    () =>
      spoilt((bytes) => {
        let at = central(bytes);
        for (let index = 0; index < 3; index += 1) {
          bytes.writeUInt32LE(0xffff_fff0, at + 24);
          at = bytes.indexOf(Buffer.from('504b0102', 'hex'), at + 4);
        }
      }),
    `${LIMITS.zipInflatedBytes} are allowed`,
  ],
  [
    'a bomb by its ratio',
    () => zipFile({ ...PARTS, 'server.wav': [new Uint8Array(20 * 1024 * 1024), { level: 9 }] }),
    'times as large as packed',
  ],
];

describe('a zip file is refused that holds', () => {
  it.each(REFUSED)('%s', async (_what, file, why) => {
    const path = file();
    expect(() => openRecording(path)).toThrow(why);
    const target = fresh('.rec');
    await expect(unpackRecording(path, target)).rejects.toMatchObject({
      code: 'E_RECORDING_ZIP',
      message: expect.stringContaining(why),
    });
    expect(readdirSync(root)).not.toContain(target);
  });

  it('a part that lies inside another', () => {
    const inner = zipSync({ 'client.wav': [strToU8('inside'), { level: 0 }] }).subarray(0, 46);
    const path = spoilt(
      (bytes) => {
        const entry = bytes.lastIndexOf(Buffer.from('client.wav')) - 46;
        bytes.writeUInt32LE(bytes.indexOf(inner), entry + 42);
        return bytes;
      },
      {
        'manifest.json': strToU8('{}'),
        'events.jsonl': [inner, { level: 0 }],
        'client.wav': [strToU8('inside'), { level: 0 }],
      },
    );
    expect(() => openRecording(path)).toThrow("'events.jsonl' and 'client.wav' overlap");
  });

  it('a part that inflates to more than it says', async () => {
    const path = spoilt((bytes) => {
      const at = bytes.indexOf(Buffer.from('events.jsonl'), central(bytes)) - 46;
      bytes.writeUInt32LE(10, at + 24);
      return bytes;
    });
    expect(() => openRecording(path)).toThrow("'events.jsonl' is damaged or larger than it says");
    await expect(unpackRecording(path, fresh('.rec'))).rejects.toThrow(
      "'events.jsonl' is larger than it says",
    );
  });

  property.prop([fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })], { numRuns: 60 })(
    'any spoilt bytes, or is read',
    (changes) => {
      const path = spoilt((bytes) => {
        for (const [place, value] of changes) bytes.writeUInt8(value, place % bytes.length);
        return bytes;
      });
      try {
        openRecording(path);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^E_RECORDING_/) });
      }
    },
  );
});

it('a link in place of the file to write is replaced, not followed', async () => {
  const folder = folderOf(fresh('.rec'), SESSION);
  const [mine, link] = [fresh('.txt'), fresh('.rec.zip')];
  writeFileSync(mine, 'mine');
  symlinkSync(mine, link);
  await expect(packRecording(folder, link, { force: true })).rejects.toMatchObject({
    code: 'E_RECORDING_EXISTS',
  });
  expect(readFileSync(mine, 'utf8')).toBe('mine');
});
