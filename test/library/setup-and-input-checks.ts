/**
 * What the tests of these two clusters share: a played scenario in short, what its client sent, and other clients than
 * the reference client in its place. Must never play a scenario that is not in the library.
 */
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { createMockServer } from '../../src/mock-server/index.js';
import type { HeardEvent } from '../../src/play/index.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';
import { type LibraryRun, playFromLibrary, playOver } from '../support/library.js';

const MODEL = 'qwen3.5-omni-flash-realtime';

/** Wall milliseconds: generous, because each wait ends with the event it waits for. */
const PATIENCE_MS = 10_000;

/** A written question and its answer, as `outline` shows them. */
export const ASKED = [
  'conversation.item.created',
  'response.created',
  'conversation.item.created',
  'response.done',
] as const;

/** A spoken turn without its answer. */
export const SPOKEN = [
  'input_audio_buffer.speech_started',
  'conversation.item.input_audio_transcription.delta',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.created',
  'conversation.item.input_audio_transcription.completed',
] as const;

export const ANSWERED = ['response.created', 'conversation.item.created', 'response.done'] as const;

/** A turn that the client commits itself: this model sends no transcript for it. */
export const COMMITTED = ['input_audio_buffer.committed', 'conversation.item.created'] as const;

/** Types in order: repeated ones once, and of each response only its beginning and end. */
export function outline(types: readonly string[]): string[] {
  return types
    .filter((type) => !/^response\.(?!created|done)/.test(type))
    .filter((type, index, all) => type !== all[index - 1] || !type.endsWith('.delta'));
}

/** Plays a scenario of the library with its own drive, and asserts that all of it went as it was meant to. */
export async function play(name: string, options: { readonly waitMs?: number } = {}): Promise<LibraryRun> {
  const run = await playFromLibrary(name, { waitMs: PATIENCE_MS, ...options });
  expect(run.record.steps.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(run.record.probe?.completed).toBe(run.scenario.probe);
  expect(run.server.verify(name).checks.filter(({ ok }) => !ok)).toEqual([]);
  return run;
}

/** Plays a scenario of the library with another client than the one it was written with. */
export function playAs(name: string, drive: readonly DriveStep[], waitMs = PATIENCE_MS): Promise<LibraryRun> {
  return playOver({ ...libraryScenario(name), drive, probe: false }, name, { waitMs });
}

/** What a client says that waits for nothing: as soon as its socket is open, and whenever an event comes. */
interface Hurry {
  readonly atOpen?: readonly object[];
  readonly at?: Readonly<Record<string, readonly object[]>>;
  /** It hangs up at the first event of this type. */
  readonly until: string;
  /** The query of its URL. */
  readonly query?: string;
}

/** Lets a client that is in a hurry meet a scenario; `close` is what ended it when that was not the client. */
export async function rush(name: string, { atOpen = [], at = {}, until, query = `model=${MODEL}` }: Hurry) {
  const server = await createMockServer({ scenarios: { [name]: libraryScenario(name) }, library: false });
  const events: HeardEvent[] = [];
  try {
    const url = `${server.urlFor({ scenario: name })}${query === '' ? '' : `?${query}`}`;
    const socket = new WebSocket(url, { headers: { Authorization: 'Bearer sk-any' } });
    const say = (messages: readonly object[]) => {
      for (const message of messages) socket.send(JSON.stringify(message));
    };
    socket.on('open', () => say(atOpen));
    socket.on('message', (data) => {
      const event = JSON.parse(String(data)) as HeardEvent;
      events.push(event);
      say(at[event.type] ?? []);
      if (event.type === until) socket.close(1000);
    });
    const close = await new Promise<{ code: number; reason: string }>((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    return { events, close, server, sessions: server.sessions, upgrades: server.upgrades };
  } finally {
    await server.close();
  }
}

/** What a scenario expects and this client did not do, by its place in the file. */
export function missed({ server }: Pick<LibraryRun, 'server'>): string[] {
  const { checks } = server.verify(server.upgrades[0]?.scenario ?? undefined);
  return checks.filter(({ ok, place }) => !ok && place.startsWith('expect')).map(({ place }) => place);
}

/** Indexes of the faults that fired on a connection, in order. */
export function fired(run: Pick<LibraryRun, 'sessions'>, connection = 1): number[] {
  const entries = run.sessions[connection - 1]?.entries ?? [];
  return entries.flatMap((entry) =>
    entry.kind === 'note' && entry.code === 'fault-fired' ? [Number(entry.details['fault'])] : [],
  );
}

/** What the client sent on a connection, parsed. */
export function sent(run: Pick<LibraryRun, 'sessions'>, connection = 1): HeardEvent[] {
  const entries = run.sessions[connection - 1]?.entries ?? [];
  return entries.flatMap((entry) => (entry.kind === 'client' ? [JSON.parse(entry.text) as HeardEvent] : []));
}

/** The n-th event of a type, from 1. */
export function nth(events: readonly HeardEvent[], type: string, which = 1): HeardEvent {
  const found = events.filter((event) => event.type === type)[which - 1];
  if (found === undefined) throw new Error(`No ${type} number ${which}`);
  return found;
}

/** The session object of an event. */
export function sessionOf(event: HeardEvent): Readonly<Record<string, unknown>> {
  return event['session'] as Readonly<Record<string, unknown>>;
}

/** Error fields of every `error` event. */
export function errors(events: readonly HeardEvent[]): unknown[] {
  return events.filter(({ type }) => type === 'error').map((event) => event['error']);
}

/** Events of a type as the bytes of their audio. */
export function audioOf(
  events: readonly HeardEvent[],
  type = 'response.audio.delta',
  key = 'delta',
): Buffer[] {
  return events
    .filter((event) => event.type === type)
    .map((event) => Buffer.from(String(event[key]), 'base64'));
}

/** The voice of a response. */
export function voiceOf(event: HeardEvent): unknown {
  return (event['response'] as Readonly<Record<string, unknown>>)['voice'];
}

/** The types of events. */
export function typesOf(events: readonly HeardEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** What the client appended, cut where it sent something of another type than audio. */
export function turnsSent(run: LibraryRun): Buffer[] {
  const turns: Buffer[][] = [[]];
  for (const event of sent(run)) {
    if (event.type === 'input_audio_buffer.append')
      turns.at(-1)?.push(...audioOf([event], event.type, 'audio'));
    else turns.push([]);
  }
  return turns.filter(({ length }) => length > 0).map((pieces) => Buffer.concat(pieces));
}

/** Sizes in bytes. */
export function lengths(pieces: readonly Buffer[]): number[] {
  return pieces.map(({ length }) => length);
}
