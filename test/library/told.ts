/**
 * A played scenario as a story: one line per event, with the number of its response, runs of deltas in one line. Checks
 * what every scenario has to keep. Must never decide what one scenario is about.
 */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { verifyScenario } from '../../src/assertions/index.js';
import { decodeBase64, synthesizeSpeech } from '../../src/media/index.js';
import type { HeardEvent } from '../../src/play/index.js';
import type { LogEntry } from '../../src/session-log/index.js';
import { type LibraryRun, playFromLibrary } from '../support/library.js';

/** Deltas that come in numbers nobody wants to count, and the one word for a run of them. */
const RUNS: Readonly<Record<string, string>> = {
  'response.audio.delta': 'speech',
  'response.audio_transcript.delta': 'speech',
  'conversation.item.input_audio_transcription.delta': 'previews',
};

/** Wall milliseconds for an event that does come: only a failing test waits so long. */
export const PATIENCE_MS = 20_000;

/** Remarks of a session that no scenario of the library may cause. */
const MISHAPS = [
  'fault-skipped',
  'hold-timed-out',
  'verbatim-timed-out',
  'session-stuck',
  'session-failed',
  'clock-free-run',
];

/** Plays a scenario with a probe, and checks that its faults struck, that the client survived and did as expected. */
export async function played(name: string): Promise<LibraryRun> {
  const run = await playFromLibrary(name, { waitMs: PATIENCE_MS });
  const notes = run.sessions.flatMap(({ entries }) => entries.filter(isNote));
  const struck = new Set(
    notes.flatMap(({ code, details }) => (code === 'fault-fired' ? details['fault'] : [])),
  );
  const due = (run.scenario.faults ?? []).flatMap((fault, index) => (fault.optional === true ? [] : index));
  expect(due.filter((index) => !struck.has(index))).toEqual([]);
  expect(notes.filter(({ code }) => MISHAPS.includes(code))).toEqual([]);
  expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(run.record.probe).toEqual({ completed: true, why: 'a response completed' });
  expect(unmet(run)).toEqual([]);
  return run;
}

/** The places in the scenario of what verification found wrong, such as `expect[0]`. */
export function unmet({
  scenario,
  sessions,
  server,
}: Pick<LibraryRun, 'scenario' | 'sessions' | 'server'>): string[] {
  const evidence = sessions.map(({ connection, entries, close }) => ({
    connection,
    entries,
    isOpen: close === undefined,
  }));
  const { checks } = verifyScenario({ scenario, sessions: evidence, upgrades: server.upgrades });
  return checks.flatMap(({ ok, place }) => (ok ? [] : place));
}

function isNote(entry: LogEntry): entry is Extract<LogEntry, { kind: 'note' }> {
  return entry.kind === 'note';
}

/** The events of a connection as lines. */
export function story(run: LibraryRun, connection = 1): string[] {
  const numbers = new Map<unknown, number>();
  const lines: string[] = [];
  for (const event of run.events(connection)) {
    const line = lineOf(event, numbers);
    if (!Object.hasOwn(RUNS, event.type) || line !== lines.at(-1)) lines.push(line);
  }
  return lines;
}

function lineOf(event: HeardEvent, numbers: Map<unknown, number>): string {
  const word = RUNS[event.type] ?? event.type;
  if (event.type === 'conversation.item.created') {
    const item = event['item'] as { readonly type: string; readonly role?: string };
    return `${word} ${item.role ?? item.type}`;
  }
  const id = idOfResponse(event);
  if (id === undefined) return word;
  if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
  return `${word} r${numbers.get(id)}`;
}

function idOfResponse(event: HeardEvent): unknown {
  return event['response_id'] ?? (event['response'] as { readonly id?: unknown } | undefined)?.id;
}

/** Events of one type, in order. */
export function heard(run: LibraryRun, type: string, connection = 1): readonly HeardEvent[] {
  return run.events(connection).filter((event) => event.type === type);
}

/** The id of the n-th response. */
export function responseId(run: LibraryRun, nth: number, connection = 1): unknown {
  const created = heard(run, 'response.created', connection)[nth - 1];
  return created === undefined ? undefined : idOfResponse(created);
}

/** Events of one type that belong to the n-th response. */
export function ofResponse(run: LibraryRun, nth: number, type: string): readonly HeardEvent[] {
  const id = responseId(run, nth);
  return heard(run, type).filter((event) => idOfResponse(event) === id);
}

/** The text of all deltas of one type, in the order they came. */
export function joined(events: readonly HeardEvent[], key = 'delta'): string {
  return events.map((event) => String(event[key])).join('');
}

/** Bytes of audio that came for the n-th response. */
export function audioOf(run: LibraryRun, nth: number): Buffer {
  return bytesOf(ofResponse(run, nth, 'response.audio.delta'));
}

/** Bytes of these audio deltas. */
export function bytesOf(deltas: readonly HeardEvent[]): Buffer {
  return Buffer.concat(deltas.map((event) => decodeBase64(String(event['delta'])) ?? Buffer.alloc(0)));
}

/** Bytes as a text to compare: a test runner takes seconds to compare a long piece of audio number by number. */
export function print(bytes: Uint8Array): string {
  return `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The bytes in which a text is spoken whole, in the default voice and format. */
export function spokenBytes(text: string): Buffer {
  const { samples } = synthesizeSpeech(text, { sampleRateHz: 24_000, voice: 'Tina' });
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Client events of a type on a connection, as the server read them. */
export function sent(run: LibraryRun, type: string, connection = 1): readonly Record<string, unknown>[] {
  const entries = run.sessions[connection - 1]?.entries ?? [];
  const events = entries.flatMap((entry) =>
    entry.kind === 'client' ? [JSON.parse(entry.text) as Record<string, unknown>] : [],
  );
  return events.filter((event) => event['type'] === type);
}

/** Tool outputs that the client sent. */
export function outputs(run: LibraryRun, connection = 1): readonly Record<string, unknown>[] {
  const items = sent(run, 'conversation.item.create', connection).map(({ item }) => item);
  return (items as Record<string, unknown>[]).filter(({ type }) => type === 'function_call_output');
}

/** A user turn that voice activity found, without its transcript. */
export const USER_TURN: readonly string[] = [
  'input_audio_buffer.speech_started',
  'previews',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.created user',
];
export const TRANSCRIBED = 'conversation.item.input_audio_transcription.completed';

/** The events of a spoken response up to its deltas. */
export function opening(nth: number): string[] {
  return [
    `response.created r${nth}`,
    `response.output_item.added r${nth}`,
    'conversation.item.created assistant',
    `response.content_part.added r${nth}`,
    `speech r${nth}`,
  ];
}

/** The events that end a spoken item. */
export function closing(nth: number): string[] {
  return [
    `response.audio_transcript.done r${nth}`,
    `response.audio.done r${nth}`,
    `response.content_part.done r${nth}`,
    `response.output_item.done r${nth}`,
  ];
}

/** A spoken response as it ought to be. */
export function answer(nth: number): string[] {
  return [...opening(nth), ...closing(nth), `response.done r${nth}`];
}

/** A written question and its answer: what the probe hears, too. */
export function asked(nth: number): string[] {
  return ['conversation.item.created user', ...answer(nth)];
}

/** One tool call of a response, its delta left out where there is none. */
export function call(nth: number, delta = true): string[] {
  return [
    `response.output_item.added r${nth}`,
    'conversation.item.created function_call',
    ...(delta ? [`response.function_call_arguments.delta r${nth}`] : []),
    `response.function_call_arguments.done r${nth}`,
    `response.output_item.done r${nth}`,
  ];
}

/** A written question that is answered by one tool call. */
export function askedForTool(nth: number): string[] {
  return [
    'conversation.item.created user',
    `response.created r${nth}`,
    ...call(nth),
    `response.done r${nth}`,
  ];
}
