/**
 * Records one fixture from the log of the server's session, through the writer of recordings. A log knows no headers, no
 * control frames and no ends of TCP, so these recordings hold none; a recorder in front of the server goes here in its
 * place. Must never claim more than it saw.
 */
import { STATUS_CODES } from 'node:http';
import { packageVersion } from '../../src/cli/package-version.js';
import { createNodeSha256, DirectorySink } from '../../src/recordings/files/index.js';
import { type DraftEntry, RecordingWriter, type Side, splitMessage } from '../../src/recordings/index.js';
import type { LogEntry } from '../../src/session-log/index.js';
import type { Fixture } from './fixture.js';
import { FIXTURE_SEED, playFixture, ROUTES } from './play-fixture.js';

const UTF8 = new TextEncoder();

/** Plays the fixture over a socket and leaves its recording. Gives what went wrong, in words. */
export async function recordFixture(fixture: Fixture, folder: string): Promise<readonly string[]> {
  const { session, refusal, problems } = await playFixture(fixture, ROUTES.socket);
  const version = `soundstage ${packageVersion()}`;
  const writer = new RecordingWriter({
    sink: new DirectorySink(folder, { force: true }),
    createHash: createNodeSha256,
    header: {
      provenance: { kind: 'simulated', by: version, seed: FIXTURE_SEED },
      recordedBy: `${version}, from the server's session log`,
      model: fixture.model,
    },
  });
  const target = `/api-ws/v1/realtime?model=${encodeURIComponent(fixture.model)}`;
  writer.write({ kind: 'upgrade', atMs: 0, from: 'client', method: 'GET', target, headers: [] });
  const status = refusal?.status ?? 101;
  const body = refusal === undefined ? {} : { body: UTF8.encode(refusal.body) };
  const reason = STATUS_CODES[status] ?? '';
  writer.write({ kind: 'answer', atMs: 0, from: 'server', status, reason, headers: [], ...body });
  for (const entry of session?.entries ?? []) writer.writeAll(draftsOf(entry, fixture));
  writer.finish();
  return problems;
}

function draftsOf(entry: LogEntry, fixture: Fixture): DraftEntry[] {
  const { atMs } = entry;
  switch (entry.kind) {
    case 'client':
      return [textDraft(atMs, 'client', entry.text)];
    case 'server':
      return entry.text === undefined ? [] : [textDraft(atMs, 'server', entry.text)];
    case 'client-binary': {
      const payload = fixture.plain?.binary?.[0] ?? new Uint8Array(entry.sizeBytes);
      return [{ kind: 'binary', atMs, from: 'client', payload }];
    }
    case 'close': {
      const from = entry.by === 'client' ? 'client' : 'server';
      return [{ kind: 'close', atMs, from, code: entry.code, reason: entry.reason }];
    }
    default:
      return [];
  }
}

function textDraft(atMs: number, from: Side, text: string): DraftEntry {
  return { kind: 'text', atMs, from, parts: splitMessage(text, { side: from, isPcm: true }) };
}
