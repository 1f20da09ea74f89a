/**
 * What every played scenario about parsing and the inside of clients has to keep, and ways to look at its answers.
 * Must never decide what one scenario is about.
 */
import { expect } from 'vitest';
import { createMockServer } from '../../src/mock-server/index.js';
import type { HeardEvent } from '../../src/play/index.js';
import { type Frame, FrameReader } from '../../src/protocol/websocket-frames.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { LogEntry } from '../../src/session-log/index.js';
import { type LibraryRun, playFromLibrary } from '../support/library.js';
import { clientFrame, RawPeer } from '../support/raw-peer.js';

/** The beginning of a written turn. */
export const ASKED = ['session.created', 'conversation.item.created'];
/** An answer with words and sound, its deltas as one line. */
export const SPOKEN = [
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
  'deltas',
  'response.audio_transcript.done',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

const DELTAS: ReadonlySet<string> = new Set(['response.audio.delta', 'response.audio_transcript.delta']);
const PREVIEW = 'conversation.item.input_audio_transcription.delta';
/** Remarks of a session that none of these scenarios may cause. */
const MISHAPS = ['fault-skipped', 'hold-timed-out', 'verbatim-timed-out', 'session-stuck', 'session-failed'];

/** Plays a scenario: every step works, the log shows what the scenario expects, and the probe's turn is clean. */
export async function played(name: string): Promise<LibraryRun> {
  const run = await playFromLibrary(name, { waitMs: 5_000 });
  const notes = run.sessions.flatMap(({ entries }) => entries.filter(isNote));
  expect(run.server.verify(name).checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(notes.filter(({ code }) => MISHAPS.includes(code))).toEqual([]);
  expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(run.record.probe?.completed).toBe(run.scenario.probe);
  if (run.scenario.probe === true) expectCleanTurn(run);
  return run;
}

/** The last turn is one that nothing has touched. */
function expectCleanTurn(run: LibraryRun): void {
  const events = run.events(run.record.connections.length);
  const from = events.findLastIndex(({ type }) => type === 'response.created');
  expect(outline(events.slice(from))).toEqual(SPOKEN);
  expect(events.at(-1)).toMatchObject({ response: { status: 'completed', output: [{}] } });
}

function isNote(entry: LogEntry): entry is Extract<LogEntry, { kind: 'note' }> {
  return entry.kind === 'note';
}

/** Types in order, a run of deltas as one line, previews of what the user says left out. */
export function outline(events: readonly HeardEvent[]): string[] {
  const lines: string[] = [];
  for (const { type } of events) {
    const line = DELTAS.has(type) ? 'deltas' : type;
    if (line !== PREVIEW && (line !== 'deltas' || lines.at(-1) !== 'deltas')) lines.push(line);
  }
  return lines;
}

/** Everything up to the n-th `response.done`. */
export function upToDone(run: LibraryRun, nth = 1, connection = 1): readonly HeardEvent[] {
  const events = run.events(connection);
  const ends = events.flatMap(({ type }, index) => (type === 'response.done' ? index : []));
  return events.slice(0, (ends[nth - 1] ?? -1) + 1);
}

/** Events of one type among these. */
export function ofType(events: readonly HeardEvent[], type: string): readonly HeardEvent[] {
  return events.filter((event) => event.type === type);
}

/** The one event of a type among these. */
export function only(events: readonly HeardEvent[], type: string): HeardEvent {
  const [event, ...more] = ofType(events, type);
  expect([event?.type, more.length]).toEqual([type, 0]);
  return event ?? { type };
}

/** What the deltas of one type add up to. */
export function words(events: readonly HeardEvent[], type = 'response.audio_transcript.delta'): string {
  return ofType(events, type)
    .map(({ delta }) => String(delta))
    .join('');
}

/** An event with neither its id nor what would make it long. */
export function bare({ event_id: _eventId, ...rest }: HeardEvent): Record<string, unknown> {
  return rest;
}

/** What the reference client reported as wrong, by code. */
export function problems(run: LibraryRun, connection = 1): string[] {
  const { problems: reported = [] } = run.record.connections[connection - 1]?.heard ?? {};
  return reported.map((problem) => problem.slice(0, problem.indexOf(':')));
}

/** How the connections ended, from the server's side. */
export function ends(run: LibraryRun): (readonly [string | undefined, number | undefined])[] {
  return run.sessions.map(({ close }) => [close?.by, close?.code]);
}

const ASK = [
  {
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
  },
  { type: 'response.create' },
];

/** The frames of one written turn as they are on the wire, up to the one whose payload ends the response. */
export async function framesOfTurn(name: string): Promise<Frame[]> {
  const frames = await rawFrames(name, ASK, (frame) => textOf([frame]).includes('"usage"'));
  // The last message may have come in several frames.
  const isText = ({ opcode }: Frame) => opcode < 8;
  const last = frames.findLastIndex(isText);
  expect(frames[last]?.fin).toBe(true);
  return frames;
}

/** Connects as bytes, sends these events after the handshake, and gives all frames up to the last one wanted. */
export async function rawFrames(
  name: string,
  events: readonly Readonly<Record<string, unknown>>[],
  isLast: (frame: Frame) => boolean,
): Promise<Frame[]> {
  const server = await createMockServer({ scenarios: { [name]: libraryScenario(name) }, library: false });
  const url = new URL(server.urlFor({ scenario: name }));
  url.searchParams.set('model', 'qwen3.5-omni-flash-realtime');
  const peer = await new RawPeer(url.href).upgrade(url.pathname + url.search);
  try {
    for (const event of events) peer.write(clientFrame(0x81, JSON.stringify(event)));
    for (;;) {
      const chunks = peer.saw.list.filter((seen) => seen === 'data').length;
      const frames = new FrameReader().push(new Uint8Array(peer.received));
      if (frames.some(isLast)) return frames;
      await peer.saw.untilCount('data', chunks + 1);
    }
  } finally {
    peer.socket.destroy();
    await server.close();
  }
}

/** The payloads of frames as one text. */
export function textOf(frames: readonly Frame[]): string {
  return Buffer.concat(frames.map(({ payload }) => payload)).toString('utf8');
}
