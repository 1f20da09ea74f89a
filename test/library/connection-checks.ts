/**
 * What every played scenario about connections has to keep, and ways to look at how connections went. Must never decide
 * what one scenario is about.
 */
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { OmniRealtimeConversation } from '../../src/client/index.js';
import { createMockServer, type MockServer } from '../../src/mock-server/index.js';
import { type Frame, FrameReader, OPCODES } from '../../src/protocol/websocket-frames.js';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { Scenario } from '../../src/scenarios/index.js';
import { type LibraryRun, playFromLibrary } from '../support/library.js';
import { RawPeer, upgradeText } from '../support/raw-peer.js';

const MODEL = 'qwen3.5-omni-flash-realtime';

/** The user's item of a written turn. */
export const ASKED = 'conversation.item.created';
/** The beginning of a spoken answer. */
export const BEGUN = [
  'response.created',
  'response.output_item.added',
  'conversation.item.created',
  'response.content_part.added',
];
/** The end of it. */
export const SAID = [
  'response.audio_transcript.done',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
];
/** A spoken answer from beginning to end. */
export const ANSWER = [...BEGUN, 'deltas', ...SAID, 'response.done'];
/** A written question and its answer, alone on a connection. */
export const WHOLE_TURN = ['session.created', ASKED, ...ANSWER];

/**
 * Plays a scenario. The reference client is a correct one: every fault has struck, optional ones too, every expectation
 * is met and the probe completed.
 */
export async function played(name: string, options: { readonly waitMs?: number } = {}): Promise<LibraryRun> {
  const run = await playFromLibrary(name, options);
  expect(run.server.verify(name).checks.filter(({ ok }) => !ok)).toEqual([]);
  expect([...struck(run)].sort()).toEqual((run.scenario.faults ?? []).map((_, index) => index).sort());
  expect(run.record.probe?.completed).toBe(run.scenario.probe);
  return run;
}

/** The faults that have struck, by their place in the list. */
function struck({ sessions, server }: LibraryRun): Set<unknown> {
  const notes = sessions.flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'note'));
  const fired = notes.filter(({ code }) => code === 'fault-fired').map(({ details }) => details['fault']);
  const upgrades = server.upgrades.map(({ fault }) => fault).filter((fault) => fault !== undefined);
  return new Set([...fired, ...upgrades]);
}

/** Types in order, deltas of an answer in a row as one. */
export function story(run: LibraryRun, connection = 1): string[] {
  return withDeltasAsOne(run.types(connection));
}

export function withDeltasAsOne(types: readonly string[]): string[] {
  const told = types.map((type) => (/^response\.audio(_transcript)?\.delta$/.test(type) ? 'deltas' : type));
  return told.filter((type, index) => type !== 'deltas' || told[index - 1] !== 'deltas');
}

/** How each connection ended for the client: code and reason, or the HTTP status, or why there was none. */
export function endings({ record }: LibraryRun): string[] {
  return record.connections.map(({ heard, failure }) => {
    if (heard.close !== undefined) return `${heard.close.code} ${heard.close.reason}`.trim();
    const [status] = /HTTP \d+/.exec(failure ?? '') ?? [];
    return status ?? /realtime: (.*?)\. Try /.exec(failure ?? '')?.[1] ?? '';
  });
}

/** Client events of one connection, as the server got them. */
export function sent(
  run: LibraryRun,
  connection: number,
  type?: string,
): Readonly<Record<string, unknown>>[] {
  const session = run.sessions.find((candidate) => candidate.connection === connection);
  const events = (session?.entries ?? [])
    .filter((entry) => entry.kind === 'client')
    .map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  return type === undefined ? events : events.filter((event) => event['type'] === type);
}

/** Runs a test against a server with one scenario of the library, changed if need be. */
export async function withScenario(
  name: string,
  test: (server: MockServer) => Promise<void>,
  change: Partial<Scenario> = {},
): Promise<void> {
  const scenario = { ...libraryScenario(name), ...change };
  const server = await createMockServer({ scenarios: { [name]: scenario }, library: false });
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

/** The reference client, not yet connected. */
export function conversationWith(server: MockServer, name: string): OmniRealtimeConversation {
  return new OmniRealtimeConversation({
    model: MODEL,
    url: server.urlFor({ scenario: name }),
    apiKey: 'sk-any',
  });
}

/** A client of the `ws` library that asks one question when it hears session.created. */
export class BareClient {
  readonly socket: WebSocket;
  /** Types of events, `ping`, and at last `close CODE`, as they came. */
  readonly saw: string[] = [];
  readonly errors: string[] = [];
  readonly closed: Promise<void>;
  #waiting: (() => void)[] = [];

  constructor(server: MockServer, name: string, options: { readonly followRedirects?: boolean } = {}) {
    this.socket = new WebSocket(`${server.urlFor({ scenario: name })}?model=${MODEL}`, {
      headers: { authorization: 'Bearer sk-any' },
      perMessageDeflate: false,
      ...options,
    });
    this.socket.on('message', (data) => this.#see((JSON.parse(String(data)) as { type: string }).type));
    this.socket.on('ping', () => this.#see('ping'));
    this.socket.on('error', (error) => this.errors.push(error.message));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        this.#see(`close ${code}`);
        resolve();
      });
    });
  }

  ask(text: string): void {
    const content = [{ type: 'input_text', text }];
    this.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    this.send({ type: 'response.create' });
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Resolves when it has been seen. */
  async until(what: string): Promise<void> {
    while (!this.saw.includes(what)) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed before ${what}.`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #see(what: string): void {
    this.saw.push(what);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}

/** The answer to an upgrade request as text, up to the end of the connection. */
export async function httpAnswer(server: MockServer, name: string): Promise<string> {
  const url = server.urlFor({ scenario: name });
  const peer = new RawPeer(url);
  peer.write(upgradeText(`${new URL(url).pathname}?model=${MODEL}`));
  await peer.saw.until('close');
  return peer.receivedText;
}

/** Every frame up to the server's close frame. */
export async function framesOf(server: MockServer, name: string): Promise<readonly Frame[]> {
  const url = server.urlFor({ scenario: name });
  const peer = await new RawPeer(url).upgrade(`${new URL(url).pathname}?model=${MODEL}`);
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let readBytes = 0; !frames.some(({ opcode }) => opcode === OPCODES.close); ) {
    const { received } = peer;
    if (received.length === readBytes) await peer.saw.untilCount('data', countOf(peer, 'data') + 1);
    frames.push(...reader.push(peer.received.subarray(readBytes)));
    readBytes = peer.received.length;
  }
  peer.socket.destroy();
  return frames;
}

function countOf(peer: RawPeer, what: string): number {
  return peer.saw.list.filter((seen) => seen === what).length;
}
