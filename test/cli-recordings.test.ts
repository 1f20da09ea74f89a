/**
 * The commands for recordings as their users run them: what they print, what they write, how they end.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, RunningCommand, runCommand } from './support/command.js';
import {
  accepted,
  audioDelta,
  client,
  closes,
  folderOf,
  server,
  tone,
  upgrade,
} from './support/written-recording.js';

const root = mkdtempSync(join(tmpdir(), 'soundstage-recordings-'));
const at = (name: string) => join(root, name);

const session = (voice: string, audio = tone(2400)) => [
  upgrade(),
  accepted(),
  client(5, { type: 'session.update', session: { voice: 'any' } }),
  server(10, { type: 'session.updated', session: { voice } }),
  audioDelta(20, audio, { item_id: 'item_1' }),
  closes('client', 30, 1000),
];

beforeAll(() => {
  ensureBuilt();
  folderOf(at('tina.rec'), session('Tina'));
  folderOf(at('cherry.rec'), session('Cherry', tone(4800)));
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('soundstage diff', () => {
  it('says that two recordings are the same, and ends with 0', async () => {
    const { stdout, exitCode } = await runCommand('diff', at('tina.rec'), at('tina.rec'));
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      'The same: 3 events of the client, 3 of the server, 0.1 s of audio among them.',
      'The recordings say the same.',
    ]);
  });

  it('shows lines and words, ends with 1 and says how to see it again', async () => {
    const { stdout, exitCode } = await runCommand('diff', at('tina.rec'), at('cherry.rec'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`--- ${at('tina.rec')}\n+++ ${at('cherry.rec')}\n@@ -1,6 +1,6 @@\n C upgrade`);
    expect(stdout).toContain(
      '-S {"session":{"voice":"Tina"},"type":"session.updated"}\n+S {"session":{"voice":"Cherry"}',
    );
    expect(stdout).toContain(
      "* session.updated: session.voice 'Tina' → 'Cherry'\n* response.audio.delta: audio 100 ms longer\n",
    );
    expect(stdout.trim().split('\n').at(-1)).toBe(
      `Again: soundstage diff ${at('tina.rec')} ${at('cherry.rec')}`,
    );
  });

  it('keeps to the lines when asked, and to data', async () => {
    const text = await runCommand('diff', at('tina.rec'), at('cherry.rec'), '--text-only', '--context', '0');
    expect(text.stdout).not.toContain('→');
    expect(text.stdout).toContain('@@ -4,2 +4,2 @@');
    const { stdout } = await runCommand('diff', at('tina.rec'), at('cherry.rec'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      equal: false,
      differences: [
        { kind: 'changed', event: 'session.updated', key: { path: 'session.voice', a: 'Tina', b: 'Cherry' } },
        { kind: 'audio', event: 'response.audio.delta' },
      ],
    });
  });

  it('colours for a terminal, and never lets the traffic speak to it', async () => {
    folderOf(at('hostile.rec'), session('\u001b[2J\u202e'));
    const command = new RunningCommand(['diff', at('tina.rec'), at('hostile.rec')], {
      NO_COLOR: '',
      FORCE_COLOR: '1',
    });
    const { stdout } = await command.ended;
    expect(stdout).toContain('\u001b[31m-S ');
    expect(stdout).not.toContain('\u001b[2J');
    expect(stdout).not.toContain('\u202e');
  });

  it('ends with 2 for a tolerance that is no number, and for what is no recording', async () => {
    const usage = await runCommand('diff', at('tina.rec'), at('cherry.rec'), '--time-tolerance', 'soon');
    expect([usage.exitCode, usage.stderr]).toEqual([2, expect.stringContaining('--time-tolerance soon')]);
    expect((await runCommand('diff', at('tina.rec'), root)).exitCode).toBe(2);
  });
});

describe('soundstage pack', () => {
  it('goes to a zip file and back, and the zip file is read like the folder', async () => {
    const packed = await runCommand('pack', at('tina.rec'), at('tina.rec.zip'));
    expect([packed.exitCode, packed.stdout]).toEqual([0, `${at('tina.rec.zip')}\n`]);
    expect((await runCommand('pack', at('tina.rec.zip'), at('again.rec'))).exitCode).toBe(0);
    expect((await runCommand('diff', at('tina.rec.zip'), at('again.rec'))).exitCode).toBe(0);
  });

  it('replaces nothing without --force', async () => {
    writeFileSync(at('mine.zip'), 'mine');
    const { exitCode, stderr } = await runCommand('pack', at('tina.rec'), at('mine.zip'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--force')]);
    expect((await runCommand('pack', at('tina.rec'), at('mine.zip'), '--force')).exitCode).toBe(0);
  });

  it('goes to HAR and back, to the same recording', async () => {
    expect((await runCommand('pack', at('tina.rec'), at('tina.har'))).exitCode).toBe(0);
    const back = await runCommand('pack', at('tina.har'), at('from-har.rec'));
    expect([back.exitCode, back.stdout]).toEqual([0, `${at('from-har.rec')}\n`]);
    const [one, other] = [at('tina.rec'), at('from-har.rec')].map((folder) =>
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]),
    );
    expect(other).toEqual(one);
  });

  it('makes one recording of each WebSocket of a HAR file, or of one', async () => {
    const { log } = JSON.parse(readFileSync(at('tina.har'), 'utf8'));
    const foreign = { ...log.entries[0], _soundstage: undefined };
    writeFileSync(at('two.har'), JSON.stringify({ log: { entries: [foreign, foreign] } }));
    const both = await runCommand(
      'pack',
      at('two.har'),
      at('two.rec'),
      '--provenance',
      'captured:2026-11-26',
    );
    expect(both.stdout).toBe(`${at('two-1.rec')}\n${at('two-2.rec')}\n`);
    expect(readFileSync(at('two-2.rec/manifest.json'), 'utf8')).toContain('"kind": "captured"');
    expect((await runCommand('pack', at('two.har'), at('second.rec'), '--entry', '2')).stdout).toBe(
      `${at('second.rec')}\n`,
    );
    expect(readFileSync(at('second.rec/manifest.json'), 'utf8')).toContain('"kind": "undeclared"');
    expect((await runCommand('pack', at('two.har'), at('third.rec'), '--entry', '3')).exitCode).toBe(2);
    expect((await runCommand('pack', at('two.har'), at('x.rec'), '--provenance', 'captured')).exitCode).toBe(
      2,
    );
    writeFileSync(at('bad.har'), '{"log":{"entries":[{"_resourceType":"websocket"}]}}');
    const bad = await runCommand('pack', at('bad.har'), at('bad.rec'));
    expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining('log.entries[0].')]);
    expect(existsSync(at('bad.rec'))).toBe(false);
  });

  it('goes to Markdown', async () => {
    expect((await runCommand('pack', at('tina.rec.zip'), at('tina.md'))).exitCode).toBe(0);
    const text = readFileSync(at('tina.md'), 'utf8');
    expect(text).toContain('# Recording `tina.rec.zip`');
    expect(text).toContain('**server** says — (audio 0.10 s) (unfinished)');
  });

  it('does not guess what a name means', async () => {
    const { exitCode, stderr } = await runCommand('pack', at('tina.rec'), at('tina.wav'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('its ending says nothing')]);
    expect((await runCommand('pack', at('nothing'), at('x.rec.zip'))).exitCode).toBe(2);
    expect((await runCommand('pack', at('tina.rec'), at('other.rec'))).exitCode).toBe(2);
    expect(existsSync(at('other.rec'))).toBe(false);
    expect(readdirSync(root).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });
});
