/**
 * Sessions of the stand-in kept with `recordSession` and replayed from their folders: the harder ones, over real
 * sockets, and what is refused.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions, recordSession } from '../src/index.js';
import { encodeBase64 } from '../src/media/index.js';
import { openRecording } from '../src/recordings/files/index.js';
import { Recording } from '../src/recordings/index.js';
import {
  commit,
  create,
  manual,
  SPEAKING,
  SPEECH,
  textOnly,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import { Talk } from './support/talk.js';
import { append, client, server as serverSays, upgrade, writtenParts } from './support/written-recording.js';

type Program = (talk: Talk) => Promise<void>;

let folder = '';
let count = 0;
const servers: MockServer[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'soundstage-replay-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(options: MockServerOptions): Promise<MockServer> {
  const server = await createMockServer({ library: false, ...options });
  servers.push(server);
  return server;
}

async function run(server: MockServer, program: Program) {
  const talk = await Talk.open(server, 'socket');
  await Promise.race([program(talk), talk.saw.until('close')]);
  await talk.conversation.close();
  const session = await server.nextSession();
  await session.closed;
  return { session, talk };
}

async function record(program: Program, options: MockServerOptions) {
  const { session } = await run(await serve(options), program);
  count += 1;
  const path = join(folder, `${count}.rec`);
  recordSession(session, path);
  return { path, session };
}

const interrupts: Program = async (talk) => {
  talk.send(update({ turn_detection: { type: 'server_vad' } }));
  await talk.saw.until('session.updated');
  talk.speak(UTTERANCE);
  await talk.saw.until('response.audio.delta');
  talk.speak(SPEAKING);
  await talk.saw.until('response.done');
};

const shows: Program = async (talk) => {
  const jpeg = readFileSync(fileURLToPath(new URL('fixtures/images/scene-1920x1080.jpg', import.meta.url)));
  talk.send(manual);
  await talk.saw.until('session.updated');
  talk.speak(SPEECH);
  talk.send({ type: 'input_image_buffer.append', image: encodeBase64(jpeg) }, commit, create);
  await talk.saw.until('response.done');
};

const asks: Program = async (talk) => {
  talk.send(textOnly, userText('Where?'), create);
  await talk.saw.until('response.done');
};

const PROGRAMS: readonly (readonly [string, Program, MockServerOptions])[] = [
  [
    'an interruption, held at one delta',
    interrupts,
    {
      clock: 'media',
      scenario: {
        replies: [{ text: 'A long answer that somebody talks into before it is over.' }],
        holds: [
          {
            after: { event: 'response.audio.delta', nth: 2 },
            until: { event: 'input_audio_buffer.speech_started' },
          },
        ],
      },
    },
  ],
  ['a picture', shows, {}],
  [
    'a message in fragments',
    asks,
    { scenario: { faults: [{ at: { event: 'response.done' }, do: 'fragment', pieces: 3 }] } },
  ],
];

it.each(PROGRAMS)(
  '%s: recorded, replayed and recorded again it is the same',
  async (_name, program, options) => {
    const { path, session: original } = await record(program, options);
    const recording = openRecording(path);
    expect(recording.manifest).toMatchObject({
      provenance: { kind: 'simulated', seed: 1 },
      transcriptSha256: original.transcriptHash(),
    });
    const replayed = await record(program, { seed: 99, recording: path });
    expect(replayed.session.replay).toMatchObject({ ok: true, isComplete: true });
    const again = openRecording(replayed.path);
    expect(again.manifest.transcriptSha256).toBe(recording.manifest.transcriptSha256);
    const shapes = [recording, again].map((one) =>
      [...one.entries()].map((entry) => (entry.kind === 'text' ? [entry.from, entry.frames] : entry.kind)),
    );
    expect(shapes[1]).toEqual(shapes[0]);
  },
);

describe('several connections', () => {
  it('each replay from the beginning, chosen by path, query, header or key', async () => {
    const { path } = await record(asks, {});
    const server = await serve({ recordings: { asked: path } });
    const chosen = [
      { url: server.urlFor({ scenario: 'asked' }) },
      { url: `${server.url}?scenario=asked` },
      { headers: { 'x-soundstage-scenario': 'asked' } },
      { apiKey: 'sk-scenario-asked' },
    ];
    await Promise.all(
      chosen.map(async (how) => {
        const talk = await Talk.open(server, 'socket', how);
        await asks(talk);
        await talk.conversation.close();
      }),
    );
    await Promise.all(server.sessions.map(({ closed }) => closed));
    expect(server.sessions.map(({ scenario, replay }) => [scenario, replay?.ok])).toEqual(
      chosen.map(() => ['asked', true]),
    );
    expect(server.verify('asked')).toMatchObject({ ok: true });
  });

  it('are shown by the control API as they go', async () => {
    const { path } = await record(asks, {});
    const server = await serve({ recording: { recording: path, leftovers: 'fail' } });
    const { session } = await run(server, async (talk) => {
      talk.send(textOnly, userText('When?'), create);
      await talk.saw.until('response.done');
    });
    const answer = await fetch(new URL(`sessions/${session.id}`, server.controlUrl));
    expect(await answer.json()).toMatchObject({
      replay: { ok: false, mismatch: { path: 'item.content.0.text', recorded: '"Where?"', live: '"When?"' } },
    });
  });
});

it('faults of the recording’s option strike, over a socket', async () => {
  const { path } = await record(asks, {});
  const server = await serve({
    recording: { recording: path, faults: [{ at: { event: 'response.done' }, do: 'close', code: 1011 }] },
  });
  const { session } = await run(server, asks);
  expect(session.close).toMatchObject({ code: 1011, by: 'server' });
  expect(server.verify().checks.find(({ place }) => place === 'faults[0]')).toMatchObject({ ok: true });
});

describe('recordSession', () => {
  it('replaces nothing unless it is told to', async () => {
    const { path, session } = await record(asks, {});
    expect(() => recordSession(session, path)).toThrow(
      expect.objectContaining({ code: 'E_RECORDING_EXISTS' }),
    );
    recordSession(session, path, { force: true });
    expect(openRecording(path).manifest.complete).toBe(true);
  });

  it('records no session whose beginning is lost', async () => {
    const { session } = await run(await serve({ sessionLogBytes: 2_000 }), asks);
    expect(() => recordSession(session, join(folder, 'lost.rec'))).toThrow(
      expect.objectContaining({ code: 'E_RECORDING_EVICTED' }),
    );
  });
});

describe('options', () => {
  it.each([
    [{ mode: 'reactive', ignore: ['session.voice'] }, 'recording.ignore'],
    [{ mode: 'reactive', audioSlackMs: 5 }, 'recording.audioSlackMs'],
    [{ mode: 'loose' }, 'recording.mode'],
    [{ timing: 'late' }, 'recording.timing'],
    [{ timeFactor: 0 }, 'recording.timeFactor'],
    [{ audioSlackMs: 0.5 }, 'recording.audioSlackMs'],
    [{ ignore: 'session.voice' }, 'recording.ignore'],
    [{ audioSlack: 5 }, "Try 'audioSlackMs'"],
  ])('%j is refused', async (choice, words) => {
    const recording = { recording: new Recording(writtenParts([])), ...choice } as never;
    await expect(serve({ listen: false, recording })).rejects.toThrow(words);
  });

  it('a recording beside a scenario for those who choose nothing, and a name twice', async () => {
    const recording = new Recording(writtenParts([]));
    await expect(serve({ listen: false, recording, scenario: {} })).rejects.toThrow(
      '`recording` says what clients get',
    );
    await expect(
      serve({ listen: false, recordings: { a: recording }, scenarios: { a: {} } }),
    ).rejects.toThrow("'a'");
  });
});

describe('a recording of hours', () => {
  /** Reads, counted: what a session asks its recording for. */
  class Counting {
    reads = 0;
    largestBytes = 0;
    readonly #parts: ReturnType<typeof writtenParts>;
    constructor(parts: ReturnType<typeof writtenParts>) {
      this.#parts = parts;
    }
    get name() {
      return this.#parts.name;
    }
    sizeOf = (part: string) => this.#parts.sizeOf(part);
    names = () => this.#parts.names();
    read = (part: string, offsetBytes: number, lengthBytes: number) => {
      this.reads += 1;
      this.largestBytes = Math.max(this.largestBytes, lengthBytes);
      return this.#parts.read(part, offsetBytes, lengthBytes);
    };
  }

  it('is read piece by piece, each entry once', async () => {
    const packets = 5_000;
    const packet = new Uint8Array(Int16Array.from({ length: 160 }, (_, at) => 1_000 + at).buffer);
    const entries = function* () {
      yield upgrade('/api-ws/v1/realtime?model=qwen3.8-omni-flash-realtime');
      yield serverSays(0, { event_id: 'event_1', type: 'session.created', session: { id: 'sess_1' } });
      for (let at = 0; at < packets; at += 1) {
        yield append(at, packet);
        if (at % 100 === 99) yield serverSays(at, { event_id: `event_${at}`, type: 'x.heard' });
      }
      yield client(packets, { type: 'session.finish' });
      yield serverSays(packets, { event_id: 'event_2', type: 'session.finished' });
    };
    const source = new Counting(writtenParts(entries()));
    const server = await serve({ recording: new Recording(source, { verify: false }) });
    source.largestBytes = 0;
    source.reads = 0;
    const { session } = await run(server, async (talk) => {
      for (let at = 0; at < packets; at += 1)
        talk.send({ type: 'input_audio_buffer.append', audio: encodeBase64(packet) });
      talk.send({ type: 'session.finish' });
      await talk.saw.until('session.finished');
    });
    expect(session.replay).toMatchObject({ ok: true, isComplete: true });
    const samples = packets * 160;
    expect(source.largestBytes).toBeLessThanOrEqual(64 * 1024);
    // The entries of the server, the blocks of audio, and a few more for looking ahead.
    expect(source.reads).toBeLessThan(packets / 100 + samples / 8_192 + 50);
  });
});
