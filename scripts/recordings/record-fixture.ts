/**
 * Records one fixture with the recording proxy, in front of the mock server that plays it. What would be another in every
 * run is settled before it is recorded, by how the client, the proxy and the way to the server are set up. Must never
 * touch what was recorded.
 */
import { basename, dirname, join } from 'node:path';
import type { MockServer, ServerSession } from '../../src/index.js';
import { type Frame, OPCODES } from '../../src/protocol/websocket-frames.js';
import { createRecordingProxy, type RecordingClock } from '../../src/proxy/index.js';
import { createRedactor, type DraftEntry } from '../../src/recordings/index.js';
import type { Redactor } from '../../src/recordings/redaction/redactor.js';
import type { Fixture } from './fixture.js';
import { openTunnel } from './mock-tunnel.js';
import { plainTransport } from './plain-socket.js';
import { type PlayedFixture, playFixture, type Route } from './play-fixture.js';

/** What the server is called on the way to it: its port is another one in every run. `.test` is nobody's (RFC 6761). */
const SERVER_NAME = 'soundstage.test';

/**
 * Plays the fixture through the proxy and leaves its recording in `folder`, in the place of the one that is there.
 *
 * @param folder that of all fixtures; the recording gets the fixture's name below it
 */
export async function recordFixture(fixture: Fixture, folder: string): Promise<PlayedFixture> {
  const path = join(folder, fixture.name);
  const problems: string[] = [];
  const played = await playFixture(fixture, (server) =>
    openRoute(server, { out: dirname(path), name: basename(path), onProblem: (why) => problems.push(why) }),
  );
  return { ...played, problems: [...played.problems, ...problems] };
}

interface Target {
  readonly out: string;
  readonly name: string;
  readonly onProblem: (why: string) => void;
}

/** A proxy that records, and a tunnel from it to the server. */
async function openRoute(server: MockServer, { out, name, onProblem }: Target): Promise<Route> {
  const time = new SessionTime(() => server.sessions[0]);
  const tunnel = await openTunnel({
    port: Number(new URL(server.url).port),
    onFrame: (frame, pass) => time.passFrame(frame, pass),
  });
  let ended = (): void => {};
  const recorded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const proxy = await createRecordingProxy({
    upstream: `ws://${SERVER_NAME}`,
    env: { HTTP_PROXY: tunnel.url },
    out,
    force: true,
    clock: time,
    createRedactor: () => watched(createRedactor(), (entry) => time.sawEntry(entry)),
    onProblem: ({ message }) => onProblem(message),
    onRecording: () => ended(),
  });
  return {
    url: proxy.urlFor(name),
    transport: plainTransport,
    close: async () => {
      await recorded;
      await proxy.close();
      await tunnel.close();
    },
  };
}

/**
 * The session's virtual time as the clock of its recording: a message of the server has the time it has in the session's
 * log, everything else the time at which it passes. The day is the first of all, since no day was meant.
 */
class SessionTime implements RecordingClock {
  readonly #sessionOf: () => ServerSession | undefined;
  /** Of the frame that is on its way. */
  #frameMs: number | undefined;
  #onTaken = (): void => {};
  #messages = 0;

  constructor(sessionOf: () => ServerSession | undefined) {
    this.#sessionOf = sessionOf;
  }

  now(): Date {
    return new Date(0);
  }

  nowMs(): number {
    return this.#frameMs ?? this.#sessionOf()?.nowMs ?? 0;
  }

  /** Sends a frame of the server on its way; resolves when it has been recorded. */
  async passFrame(frame: Frame, pass: () => void): Promise<void> {
    const isMessage = frame.opcode === OPCODES.text || frame.opcode === OPCODES.continuation;
    this.#frameMs = isMessage ? this.#messageMs(this.#messages) : undefined;
    if (isMessage && frame.fin) this.#messages += 1;
    const taken = new Promise<void>((resolve) => {
      this.#onTaken = resolve;
    });
    pass();
    if (frame.fin) await taken;
    this.#frameMs = undefined;
  }

  sawEntry({ from, kind }: DraftEntry): void {
    if (from === 'server' && kind !== 'answer') this.#onTaken();
  }

  #messageMs(index: number): number | undefined {
    let left = index;
    for (const entry of this.#sessionOf()?.entries ?? []) {
      if (entry.kind !== 'server' || entry.text === undefined) continue;
      if (left === 0) return entry.atMs;
      left -= 1;
    }
    return undefined;
  }
}

/** A redactor that says what it is given. */
function watched(redactor: Redactor, onEntry: (entry: DraftEntry) => void): Redactor {
  return {
    push: (entry) => {
      onEntry(entry);
      return redactor.push(entry);
    },
    flush: () => redactor.flush(),
    scrub: (text) => redactor.scrub(text),
    get summary() {
      return redactor.summary;
    },
  };
}
