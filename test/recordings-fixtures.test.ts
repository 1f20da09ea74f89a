/**
 * The recordings that ship with the repository: each can be read, is what its fixture says, holds no secret, and is what
 * today's mock server still says through today's recording proxy. Must never write one; `npm run recordings` does.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FIXTURES, folderOf, RECORDINGS_FOLDER } from '../scripts/recordings/all-fixtures.js';
import type { Fixture } from '../scripts/recordings/fixture.js';
import { FLOW_FIXTURES } from '../scripts/recordings/flows.js';
import { type PlayedFixture, playFixture, ROUTES } from '../scripts/recordings/play-fixture.js';
import { brokenPromises } from '../scripts/recordings/promises.js';
import { recordFixture } from '../scripts/recordings/record-fixture.js';
import { LEFT_OUT } from '../scripts/recordings/refusals.js';
import { ERROR_CATALOGUE, FAMILY_IDS } from '../src/protocol/index.js';
import { createNodeSha256, openRecording } from '../src/recordings/files/index.js';
import type { AnswerEntry, Recording } from '../src/recordings/index.js';
import { SessionLog } from '../src/session-log/index.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MOST_BYTES = 4_000_000;
const NAMED = FIXTURES.map((fixture) => [fixture.name, fixture] as const);

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** What is in each file, by its name. */
function bytesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files(folder)
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'base64')]),
  );
}

/** The canonical transcript, for a difference that says where. */
function transcriptOf(recording: Recording): string {
  const log = new SessionLog({ createHash: createNodeSha256 });
  for (const entry of recording.logEntries()) log.append(entry);
  return log.transcript();
}

/** How the upgrade was refused, in a recording. */
function refusalOf(recording: Recording): PlayedFixture['refusal'] {
  const answers = [...recording.entries()].filter((entry): entry is AnswerEntry => entry.kind === 'answer');
  const [answer] = answers;
  if (answer === undefined || answer.status === 101) return undefined;
  return { status: answer.status, body: new TextDecoder().decode(answer.body) };
}

describe('a recording of the repository', () => {
  it.each(NAMED)('%s is whole, simulated, and holds what it is there for', (_name, fixture) => {
    const recording = openRecording(folderOf(fixture));
    expect(brokenPromises(fixture, recording)).toEqual([]);
    expect(recording.manifest.model).toBe(fixture.model);
    expect(recording.manifest.events.entries).toBe([...recording.entries()].length);
    expect(recording.transcriptHash(createNodeSha256)).toBe(recording.manifest.transcriptSha256);
  });

  it.each(NAMED)('%s holds no key, and nothing of the machine it was made on', (_name, fixture) => {
    const text = files(folderOf(fixture))
      .map((path) => readFileSync(path, 'latin1'))
      .join('\n');
    const places = [homedir(), tmpdir(), ROOT, hostname()].filter((place) => place.length > 3);
    for (const secret of ['sk-', 'Bearer ey', ...places]) expect(text).not.toContain(secret);
  });
});

describe('all of them', () => {
  it('are known: there is no folder without a fixture, and no fixture without a folder', () => {
    const found = files(RECORDINGS_FOLDER)
      .filter((path) => path.endsWith('manifest.json'))
      .map((path) => join(path, '..'));
    expect(found.sort()).toEqual(FIXTURES.map((fixture) => join(folderOf(fixture))).sort());
  });

  it('show every refusal of the catalogue, or say why not', () => {
    const shown = FIXTURES.flatMap(({ refusal }) => refusal ?? []);
    const leftOut = LEFT_OUT.map(({ slug }) => slug);
    expect([...new Set([...shown, ...leftOut])].sort()).toEqual(
      ERROR_CATALOGUE.map(({ slug }) => slug).sort(),
    );
    expect(shown.filter((slug) => leftOut.includes(slug))).toEqual([]);
    const page = readFileSync(join(RECORDINGS_FOLDER, 'README.md'), 'utf8');
    for (const { slug, why } of LEFT_OUT) expect(page).toContain(`\`${slug}\`: ${why}`);
  });

  it('show the same flows of every family that is capable of them', () => {
    for (const family of FAMILY_IDS) {
      const flows = FLOW_FIXTURES.filter((fixture) => fixture.family === family).map(({ name }) => name);
      expect(flows).toEqual(
        expect.arrayContaining(
          ['text-turn', 'spoken-turn', 'voice-activity-turn', 'barge-in', 'cancel', 'two-turns'].map(
            (flow) => `${family}/${flow}`,
          ),
        ),
      );
    }
  });

  it('are small enough for git', () => {
    const sizes = files(RECORDINGS_FOLDER).map((path) => statSync(path).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });
});

describe('the simulation has not drifted from', () => {
  async function expectSame(fixture: Fixture, played: PlayedFixture): Promise<void> {
    const recording = openRecording(folderOf(fixture));
    expect(played.problems).toEqual([]);
    expect(played.refusal).toEqual(refusalOf(recording));
    expect(played.session?.transcript() ?? '').toBe(transcriptOf(recording));
    if (played.session !== undefined)
      expect(played.session.transcriptHash()).toBe(recording.manifest.transcriptSha256);
  }

  it.each(NAMED)('%s, in memory', async (_name, fixture) => {
    await expectSame(fixture, await playFixture(fixture, ROUTES.memory));
  });

  describe('what the proxy records, byte for byte,', () => {
    const folder = mkdtempSync(join(tmpdir(), 'soundstage-fixtures-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(NAMED)('%s', async (name, fixture) => {
      await expectSame(fixture, await recordFixture(fixture, folder));
      const [own, made] = [folderOf(fixture), join(folder, `${name}.rec`)];
      expect(readFileSync(join(made, 'events.jsonl'), 'utf8')).toBe(
        readFileSync(join(own, 'events.jsonl'), 'utf8'),
      );
      expect(bytesOf(made)).toEqual(bytesOf(own));
    });
  });
});

describe('git', () => {
  const folder = mkdtempSync(join(tmpdir(), 'soundstage-git-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives a recording back byte for byte where it changes the line ends of text', () => {
    const git = (...parameters: string[]) =>
      execFileSync('git', ['-c', 'core.autocrlf=true', '-c', 'core.safecrlf=false', ...parameters], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    git('init', '--quiet');
    cpSync(join(ROOT, '.gitattributes'), join(folder, '.gitattributes'));
    const names = ['omni38/image-turn', 'refusals/invalid-key'];
    for (const name of names)
      cpSync(join(RECORDINGS_FOLDER, `${name}.rec`), join(folder, 'recordings', `${name}.rec`), {
        recursive: true,
      });
    writeFileSync(join(folder, 'plain.txt'), 'one\ntwo\n');
    git('add', '.');
    for (const path of ['recordings', 'plain.txt']) rmSync(join(folder, path), { recursive: true });
    git('checkout', '--', '.');

    expect(readFileSync(join(folder, 'plain.txt'), 'utf8')).toBe('one\r\ntwo\r\n');
    for (const name of names) {
      const own = join(RECORDINGS_FOLDER, `${name}.rec`);
      const back = join(folder, 'recordings', `${name}.rec`);
      for (const path of files(own))
        expect(readFileSync(join(back, path.slice(own.length)))).toEqual(readFileSync(path));
      expect(openRecording(back).manifest.complete).toBe(true);
    }
  });

  it('shows sounds and pictures as binary, and lines as text', () => {
    const paths = ['a/client.wav', 'a/images/0.jpg', 'a/events.jsonl'].map((path) => `recordings/${path}`);
    const shown = execFileSync('git', ['check-attr', 'diff', '--', ...paths], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(shown.trim().split('\n')).toEqual([
      'recordings/a/client.wav: diff: unset',
      'recordings/a/images/0.jpg: diff: unset',
      'recordings/a/events.jsonl: diff: unspecified',
    ]);
  });
});
