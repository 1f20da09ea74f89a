/**
 * Recordings that were damaged, edited or made to do harm: each is refused with the place and what to do, by the reader
 * and by `soundstage check` alike.
 */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeBase64 } from '../src/media/index.js';
import { LIMITS, SoundstageError } from '../src/protocol/index.js';
import {
  acceptRecording,
  checkRecording,
  DirectorySource,
  findRecordings,
  openRecording,
} from '../src/recordings/files/index.js';
import { type DraftEntry, MemoryParts, Recording } from '../src/recordings/index.js';
import {
  accepted,
  append,
  audioDelta,
  client,
  closes,
  folderOf,
  server,
  tone,
  upgrade,
  writtenParts,
} from './support/written-recording.js';

const image: DraftEntry = client(6, {
  type: 'input_image_buffer.append',
  image: encodeBase64(Uint8Array.of(0xff, 0xd8, 1, 2, 3)),
});
const SESSION = [
  upgrade(),
  accepted(),
  append(5, tone(160)),
  image,
  append(7, tone(160)),
  server(9, { type: 'response.created' }),
  audioDelta(20, tone(240)),
  closes('client', 30, 1000),
];

let folder = '';
let recording = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  recording = folderOf(join(folder, 'one.rec'), SESSION);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (part: string) => join(recording, part);
const text = (part: string) => readFileSync(at(part), 'utf8');
const edit = (part: string, change: (text: string) => string) => writeFileSync(at(part), change(text(part)));
const line = (number: number, change: (line: string) => string) =>
  edit('events.jsonl', (all) =>
    all
      .split('\n')
      .map((one, index) => (index === number - 1 ? change(one) : one))
      .join('\n'),
  );
const imagePath = () => `images/${JSON.parse(text('manifest.json')).images[0]}.jpg`;

/** What a reader of every entry says. */
function refusalOf(read: () => unknown): SoundstageError {
  try {
    read();
  } catch (error) {
    if (error instanceof SoundstageError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
const readAll = (verify = true) => [...openRecording(recording, { verify }).entries()].length;
const problems = () => {
  const source = new DirectorySource(recording);
  const found = checkRecording(source).map(
    ({ path, message }) => `${path.slice(recording.length + 1)} ${message}`,
  );
  source.close();
  return found;
};

test('a whole recording is clean', () => {
  expect(readAll()).toBe(SESSION.length);
  expect(problems()).toEqual([]);
});

/** Damage, what the reader says without looking at hashes (undefined: nothing), and what check says. */
const DAMAGES: readonly (readonly [string, () => void, RegExp | undefined, RegExp])[] = [
  [
    'an edited line',
    () => line(6, (one) => one.replace('created', 'changed')),
    undefined,
    /events\.jsonl: its SHA-256 is/,
  ],
  [
    'a line that is no JSON',
    () => line(6, () => '{"afterMs":1,'),
    /events\.jsonl, line 6: it is no JSON/,
    /^events\.jsonl:6 .*it is no JSON/,
  ],
  [
    'a truncated file',
    () => edit('events.jsonl', (all) => all.slice(0, -30)),
    /line 8: it does not end/,
    /^events\.jsonl:8 /,
  ],
  [
    'lines in another order',
    () =>
      edit('events.jsonl', (all) => {
        const lines = all.split('\n');
        return [...lines.slice(0, 2), lines[4], lines[3], lines[2], ...lines.slice(5)].join('\n');
      }),
    undefined,
    /^events\.jsonl:5 It refers to samples 0 to 160 of client\.wav, of which an earlier line has some/,
  ],
  [
    'a line too many',
    () => edit('events.jsonl', (all) => `${all}{"afterMs":0,"from":"client","end":"fin"}\n`),
    undefined,
    /^manifest\.json It counts 8 entries, and events\.jsonl has 9/m,
  ],
  [
    'NUL bytes',
    () => line(6, (one) => `${one.slice(0, 20)}\0\0\0`),
    /line 6: it has NUL bytes/,
    /^events\.jsonl:6 .*NUL/,
  ],
  [
    'a byte order mark',
    () => line(1, (one) => `\uFEFF${one}`),
    /line 1: it begins with a byte order mark/,
    /^events\.jsonl:1 .*byte order mark/,
  ],
  [
    'CRLF line ends',
    () => edit('events.jsonl', (all) => all.replaceAll('\n', '\r\n')),
    undefined,
    /CRLF, as git leaves them with core\.autocrlf\. Try a \.gitattributes with '\*\.jsonl -text'/,
  ],
  [
    'invalid UTF-8',
    () =>
      writeFileSync(
        at('events.jsonl'),
        Buffer.from(text('events.jsonl').replace('created', '\xff\xfe'), 'latin1'),
      ),
    /line 6: it is no UTF-8/,
    /^events\.jsonl:6 .*UTF-8/,
  ],
  [
    'a key twice',
    () => line(6, (one) => one.replace('"from":"server"', '"from":"client","from":"server"')),
    /line 6: it has the key 'from' twice/,
    /^events\.jsonl:6 .*twice/,
  ],
  [
    'an unknown key',
    () => line(6, (one) => one.replace('"text"', '"test"')),
    /line 6: .*test/,
    /^events\.jsonl:6 /,
  ],
  [
    'two kinds at once',
    () => line(6, (one) => one.replace('}', '},"end":"fin"').replace('},"end":"fin"\\', '}\\')),
    /line 6/,
    /^events\.jsonl:6 /,
  ],
  [
    'a negative time',
    () => line(6, (one) => one.replace('"afterMs":2', '"afterMs":-2')),
    /line 6: 'afterMs'/,
    /^events\.jsonl:6 .*afterMs/,
  ],
  [
    'a huge time',
    () => line(6, (one) => one.replace('"afterMs":2', '"afterMs":1e300')),
    /line 6: 'afterMs'/,
    /^events\.jsonl:6 .*afterMs/,
  ],
  [
    'times beyond all time',
    () => line(6, (one) => one.replace('"afterMs":2', `"afterMs":${Number.MAX_SAFE_INTEGER}`)),
    /line 6: 'afterMs': .* beyond all time/,
    /^events\.jsonl:6 /,
  ],
  [
    'samples that are not there',
    () => line(7, (one) => one.replace(/,0,240\]/, ',0,241]')),
    /line 7 refers to .*241.*not there/,
    /^events\.jsonl:7 It refers to samples 0 to 241 of server\.wav, which has 240/,
  ],
  [
    'samples at a negative place',
    () => line(7, (one) => one.replace(/,0,240\]/, ',-1,240]')),
    /line 7/,
    /^events\.jsonl:7 /,
  ],
  [
    'samples of the other side',
    () => line(7, (one) => one.replace('"$pcm":["server"', '"$pcm":["client"')),
    /line 7 is a message of the server and refers to samples of the client/,
    /^events\.jsonl:7 A message of the server refers to samples 0 to 240 of client\.wav/,
  ],
  [
    'an image out of the folder',
    () => line(4, (one) => one.replace(/"\$image":"[0-9a-f]+"/, '"$image":"../../../etc/passwd"')),
    /line 4: .*/,
    /^events\.jsonl:4 /,
  ],
  [
    'an image that is not there',
    () => rmSync(at(imagePath())),
    /line 4 refers to .*not there/,
    /images\/[0-9a-f]{64}\.jpg/,
  ],
  [
    'an edited image',
    () => writeFileSync(at(imagePath()), 'else'),
    undefined,
    /images\/[0-9a-f]{64}\.jpg: its SHA-256 is/,
  ],
  [
    'other samples',
    () => writeFileSync(at('client.wav'), readFileSync(at('client.wav')).fill(7, 60, 70)),
    undefined,
    /client\.wav: its SHA-256 is/,
  ],
  [
    'a WAV file that is cut',
    () => writeFileSync(at('client.wav'), readFileSync(at('client.wav')).subarray(0, 300)),
    /line 3 refers to/,
    /client\.wav/,
  ],
  [
    'an empty WAV file',
    () => writeFileSync(at('server.wav'), ''),
    /line 7 refers to/,
    /server\.wav.*its 0 bytes are less than the header of a WAV file/,
  ],
  [
    'a WAV file of something else',
    () => writeFileSync(at('server.wav'), 'x'.repeat(100)),
    /server\.wav: it is no WAV file of mono 16-bit PCM/,
    /server\.wav/,
  ],
  ['no WAV file', () => rmSync(at('server.wav')), /line 7 refers to/, /it has no server\.wav/],
  ['no events', () => rmSync(at('events.jsonl')), /it has no events\.jsonl/, /events\.jsonl/],
  ['empty events', () => writeFileSync(at('events.jsonl'), ''), undefined, /events\.jsonl: its SHA-256/],
  ['no manifest', () => rmSync(at('manifest.json')), /it has no manifest\.json/, /^manifest\.json /],
  [
    'an empty manifest',
    () => writeFileSync(at('manifest.json'), ''),
    /manifest\.json: it is no JSON/,
    /^manifest\.json /,
  ],
  [
    'a manifest that is no UTF-8',
    () => writeFileSync(at('manifest.json'), Buffer.from([0x7b, 0xff, 0x7d])),
    /manifest\.json: it is no UTF-8/,
    /^manifest\.json /,
  ],
  [
    'a manifest with a key twice',
    () => edit('manifest.json', (all) => all.replace('{', '{"complete":false,')),
    /manifest\.json: it has the key 'complete' twice/,
    /^manifest\.json /,
  ],
  [
    'an unknown version',
    () => edit('manifest.json', (all) => all.replace('"version": 1', '"version": 99')),
    /written in version 99 .*reads up to 1. Try a newer release/,
    /version 99/,
  ],
  [
    'a manifest of depth',
    () => writeFileSync(at('manifest.json'), '['.repeat(200_000)),
    /manifest\.json: it is no JSON/,
    /^manifest\.json /,
  ],
  [
    'a manifest that is huge',
    () => writeFileSync(at('manifest.json'), ' '.repeat(LIMITS.recordingManifestBytes + 1)),
    /bytes are allowed|are allowed/,
    /are allowed/,
  ],
  [
    'a count that is wrong',
    () => edit('manifest.json', (all) => all.replace('"entries": 8', '"entries": 9')),
    undefined,
    /It counts 9 entries, and events\.jsonl has 8/,
  ],
  [
    'another transcript hash',
    () =>
      edit('manifest.json', (all) =>
        all.replace(/("transcriptSha256": ")./, '$1f').replace(/("transcriptSha256": ")f(?=f)/, '$10'),
      ),
    undefined,
    /The transcript hashes to/,
  ],
  [
    'a link in place of a file',
    () => {
      renameSync(at('client.wav'), join(folder, 'elsewhere.wav'));
      symlinkSync(join(folder, 'elsewhere.wav'), at('client.wav'));
    },
    /client\.wav: it is a link. Try putting the file itself there/,
    /^client\.wav .*it is a link/,
  ],
  [
    'a link in place of the folder of images',
    () => {
      renameSync(at('images'), join(folder, 'elsewhere'));
      symlinkSync(join(folder, 'elsewhere'), at('images'));
    },
    /images: it is a link/,
    /it is a link/,
  ],
  [
    'a folder in place of a file',
    () => {
      rmSync(at('events.jsonl'));
      mkdirSync(at('events.jsonl'));
    },
    /events\.jsonl: it is a folder/,
    /it is a folder/,
  ],
];

describe.each(DAMAGES)('%s', (_what, damage, says, checks) => {
  test('is refused with its place', () => {
    damage();
    if (says === undefined) expect(readAll(false)).toBeGreaterThanOrEqual(0);
    else expect(refusalOf(() => readAll(false)).message).toMatch(says);
    const refused = problems();
    expect(refused.join('\n')).toMatch(checks);
    for (const one of refused) expect(one).toMatch(/Try /);
  });
});

test('every bad line is told, not only the first', () => {
  line(3, () => 'x');
  line(6, () => 'y');
  expect(problems().filter((one) => /^events\.jsonl:(3|6) /.test(one))).toHaveLength(2);
});

test('a message of any depth is a text like any other', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const recording = new Recording(writtenParts([upgrade(), client(1, deep)]));
  expect([...recording.entries()][1]).toMatchObject({ parts: [deep] });
});

test('a line of depth is refused without a crash', () => {
  const parts = writtenParts([upgrade()]).toObject();
  const events = new TextEncoder().encode(
    `{"afterMs":0,"from":"client","text":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`,
  );
  const damaged = new Recording(new MemoryParts('deep', { ...parts, 'events.jsonl': events }), {
    verify: false,
  });
  expect(refusalOf(() => [...damaged.entries()]).message).toMatch(/line 1/);
});

test('a line beyond the limit is refused without being read', () => {
  const parts = writtenParts([upgrade()]).toObject();
  const events = new Uint8Array(LIMITS.recordingLineBytes + 512 * 1024).fill(0x20);
  const damaged = new Recording(new MemoryParts('long', { ...parts, 'events.jsonl': events }), {
    verify: false,
  });
  expect(refusalOf(() => [...damaged.entries()]).message).toMatch(/line 1: it is longer than/);
});

describe('a recorder that was killed', () => {
  test('leaves what is reported as incomplete, and torn', () => {
    rmSync(recording, { recursive: true });
    folderOf(recording, SESSION, { complete: false });
    expect(problems()).toEqual([
      expect.stringMatching(/^manifest\.json The recorder did not finish: there are 8 whole lines\. Try/),
    ]);
    edit('events.jsonl', (all) => all.slice(0, -10));
    expect(problems()).toEqual([expect.stringMatching(/7 whole lines and one that is torn/)]);
  });
});

describe('an edit that was meant', () => {
  test('is accepted, and marked', () => {
    line(6, (one) => one.replace('created', 'changed'));
    writeFileSync(at('client.wav'), readFileSync(at('client.wav')).fill(7, 60, 70));
    expect(acceptRecording(recording).provenance).toEqual({ kind: 'handwritten' });
    expect(problems()).toEqual([]);
    expect(readAll()).toBe(SESSION.length);
  });

  test.each<[string, () => void, RegExp]>([
    ['with CRLF', () => edit('events.jsonl', (all) => all.replaceAll('\n', '\r\n')), /CRLF/],
    ['with a bad line', () => line(6, () => 'x'), /line 6: it is no JSON/],
    ['with another image', () => writeFileSync(at(imagePath()), 'else'), /not the image that its name says/],
    [
      'with a last line that does not end',
      () => edit('events.jsonl', (all) => all.trimEnd()),
      /does not end/,
    ],
  ])('is refused %s, and nothing is written', (_what, damage, says) => {
    damage();
    const before = text('manifest.json');
    expect(refusalOf(() => acceptRecording(recording)).message).toMatch(says);
    expect(text('manifest.json')).toBe(before);
  });
});

test('recordings are found below a folder, and links are not followed', () => {
  folderOf(join(folder, 'more/two.rec'), SESSION);
  symlinkSync(folder, join(folder, 'more/around'));
  expect(findRecordings(folder)).toEqual([join(folder, 'more/two.rec'), recording]);
  expect(() => findRecordings(join(folder, 'none'))).toThrow(/there is nothing of that name/);
});
