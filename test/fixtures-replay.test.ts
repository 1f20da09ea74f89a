/**
 * Every recording of the repository, replayed strictly to the program that it was made with: nothing differs and nothing
 * is left over. A program with one changed field is found out, and told which. Must never play the simulation.
 */
import { describe, expect, it } from 'vitest';
import { FIXTURES, folderOf } from '../scripts/recordings/all-fixtures.js';
import type { Fixture } from '../scripts/recordings/fixture.js';
import { type PlayedFixture, playFixture, ROUTES, type Route } from '../scripts/recordings/play-fixture.js';
import { createWsTransport } from '../src/client/index.js';
import type { MockServer } from '../src/index.js';
import { isJsonObject, type JsonObject, parseMessageObject } from '../src/protocol/json-object.js';
import { openRecording } from '../src/recordings/files/index.js';
import {
  type AnswerEntry,
  MemoryParts,
  type RecordedEntry,
  Recording,
  RecordingWriter,
} from '../src/recordings/index.js';

/** Another one than the fixtures are made with: no id of the server's own may look right by chance. */
const OTHER_SEED = 99;
const MISMATCH_CODE = 4409;

interface Case {
  readonly fixture: Fixture;
  readonly entries: readonly RecordedEntry[];
  readonly recording: Recording;
  /** How the upgrade was answered. */
  readonly answer: AnswerEntry;
}

const ALL: readonly Case[] = FIXTURES.map((fixture) => {
  const recording = openRecording(folderOf(fixture));
  const entries = [...recording.entries()];
  const answer = entries.find((entry): entry is AnswerEntry => entry.kind === 'answer');
  if (answer === undefined) throw new Error(`${fixture.name} has no answer to its upgrade request`);
  return { fixture, entries, recording, answer };
});
const named = (cases: readonly Case[]) => cases.map((each) => [each.fixture.name, each] as const);
const isSession = ({ answer }: Case) => answer.status === 101;

function replay(
  { fixture, recording }: Pick<Case, 'fixture' | 'recording'>,
  route: (server: MockServer) => Promise<Route> = ROUTES.socket,
): Promise<PlayedFixture> {
  return playFixture(fixture, route, { recording, seed: OTHER_SEED });
}

/** Sends what the client sends, but for one field. */
function changing({ number, path }: Change): (server: MockServer) => Promise<Route> {
  let sent = 0;
  return async (server) => ({
    url: server.url,
    transport: (request, handlers) => {
      const socket = createWsTransport()(request, handlers);
      const send = (own: string): void => {
        const event = sent === number ? parseMessageObject(own) : undefined;
        socket.send(event === undefined ? own : JSON.stringify(changed(event, path)));
        sent += 1;
      };
      return {
        send,
        close: (code, reason) => socket.close(code, reason),
        terminate: () => socket.terminate(),
        bufferedBytes: 0,
      };
    },
  });
}

interface Change {
  /** Which message of the client, from 0, and which entry of the recording, from 1. */
  readonly number: number;
  readonly entry: number;
  readonly path: readonly string[];
}

/** One field of the first event whose fields are compared; audio is compared as a stream, in another test. */
function oneChange({ entries, recording }: Case): Change | undefined {
  let number = 0;
  for (const [index, entry] of entries.entries()) {
    if (entry.from !== 'client' || entry.kind !== 'text') continue;
    const event = parseMessageObject(recording.textOf(entry));
    const path = event === undefined || event['type'] === 'input_audio_buffer.append' ? [] : lastLeaf(event);
    if (path.length > 0) return { number, entry: index + 1, path };
    number += 1;
  }
  return undefined;
}

/** Where the last value of an event is that holds no other; empty for one that says no more than its type. */
function lastLeaf(value: JsonObject): string[] {
  const key = Object.keys(value)
    .filter((name) => name !== 'type' && name !== 'event_id')
    .at(-1);
  if (key === undefined) return [];
  const inner = value[key];
  const below = isJsonObject(inner) ? lastLeaf(inner) : [];
  return [key, ...below];
}

function changed(event: JsonObject, [key = '', ...below]: readonly string[]): JsonObject {
  const inner = event[key];
  return { ...event, [key]: below.length > 0 && isJsonObject(inner) ? changed(inner, below) : 'changed' };
}

/** The same refusal with another body. */
function refusingWith({ entries, recording }: Case, body: string): Recording {
  const sink = new MemoryParts('changed.rec');
  const writer = new RecordingWriter({ sink, header: { ...recording.manifest, recordedBy: 'a test' } });
  for (const entry of entries) {
    if (entry.kind === 'upgrade') writer.write(entry);
    else if (entry.kind === 'answer') writer.write({ ...entry, body: new TextEncoder().encode(body) });
  }
  writer.finish();
  return new Recording(sink);
}

describe('the program that a fixture was made with', () => {
  it.each(named(ALL.filter(isSession)))('%s: all of it, and nothing else', async (_name, each) => {
    const { session, problems } = await replay(each);
    expect(problems).toEqual([]);
    expect(session?.replay).toEqual({ recording: each.recording.name, ok: true, isComplete: true });
    expect(session?.transcriptHash()).toBe(each.recording.manifest.transcriptSha256);
    // The transcript has no reasons of closes.
    const close = each.entries.find((entry) => entry.kind === 'close');
    expect(close).toMatchObject({ code: session?.close?.code, reason: session?.close?.reason });
  });

  it.each(named(ALL.filter((each) => !isSession(each))))('%s: the recorded answer', async (_name, each) => {
    const { session, refusal } = await replay(each);
    const { status, body } = each.answer;
    expect(session).toBeUndefined();
    expect(refusal).toEqual({ status, body: new TextDecoder().decode(body) });
  });
});

describe('a program with one changed field', () => {
  const changes = ALL.flatMap((each) => {
    const change = oneChange(each);
    return change === undefined ? [] : [[each.fixture.name, change.path.join('.'), each, change] as const];
  });

  it('can be made of nearly every fixture', () => {
    expect(changes.length).toBeGreaterThan(60);
  });

  it.each(changes)('%s: %s is named, and the connection closed', async (_name, path, each, change) => {
    // A probe would wait for an answer that nobody will give.
    const fixture = { ...each.fixture, scenario: { ...each.fixture.scenario, probe: false } };
    const { session } = await replay({ ...each, fixture }, changing(change));
    expect(session?.replay).toMatchObject({
      ok: false,
      isComplete: false,
      mismatch: { path, entry: change.entry, live: '"changed"' },
    });
    expect(session?.close).toMatchObject({ code: MISMATCH_CODE });
  });
});

it.each(named(ALL.filter((each) => !isSession(each))))(
  '%s: the answer is the recording’s and not the server’s own',
  async (_name, each) => {
    const body = '{"code":"Changed"}';
    const { refusal } = await replay({ ...each, recording: refusingWith(each, body) });
    expect(refusal).toEqual({ status: each.answer.status, body });
  },
);
