/** What the recording proxy leaves on the disk: names, places, provenance, and what becomes of it when the disk fails. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import type { MockServerOptions } from '../src/mock-server/index.js';
import { createMockServer, type MockServer } from '../src/mock-server/index.js';
import { frameBytes } from '../src/protocol/websocket-frames.js';
import { createRecordingProxy } from '../src/proxy/index.js';
import { DirectorySink, openRecording } from '../src/recordings/files/index.js';
import type { DraftEntry, PartSink } from '../src/recordings/index.js';
import { libraryScenario } from '../src/scenarios/files/index.js';
import {
  linked,
  type Proxied,
  proxied,
  rawUpstream,
  TARGET,
  temporaryFolder,
  untilClientHas,
} from './support/proxied.js';
import { upgradeText } from './support/raw-peer.js';
import { entriesOf, wordsOf } from './support/recorded.js';

const MODEL = 'qwen3.5-omni-flash-realtime';

async function mockServer(options: MockServerOptions = {}): Promise<MockServer> {
  const server = await createMockServer({ clock: 'auto', ...options });
  onTestFinished(() => server.close());
  return server;
}

/** A whole conversation; gives the types of the events and of how it was closed. */
async function converse(url: string): Promise<string[]> {
  const conversation = new OmniRealtimeConversation({ model: MODEL, url, apiKey: 'any' });
  const seen: string[] = [];
  await conversation.connect();
  conversation.updateSession({
    outputModalities: [MultiModality.TEXT, MultiModality.AUDIO],
    enableTurnDetection: false,
  });
  conversation.appendAudio(Buffer.alloc(3_200).toString('base64'));
  conversation.createResponse({ instructions: 'Say hello.' });
  for await (const event of conversation) {
    seen.push(event.type);
    if (event.type === 'response.done') break;
  }
  const closed = new Promise((resolve) => conversation.on('close', resolve));
  conversation.close();
  await closed;
  return seen;
}

/** The types of what the server sent. */
function serverTypes(path: string): string[] {
  const read = openRecording(path);
  return [...read.entries()].flatMap((entry) =>
    entry.kind === 'text' && entry.from === 'server' ? [JSON.parse(read.textOf(entry)).type as string] : [],
  );
}

/** The folder of a connection that ends at once. */
async function passOne({ peer, recording }: Proxied, target: string, count: number): Promise<string> {
  const client = peer();
  client.write(upgradeText(target));
  await client.saw.until('end');
  return basename((await recording(count)).path);
}

const REFUSAL = 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n';

describe('a conversation with the mock server', () => {
  test('is recorded whole, with its audio, and named simulated whatever is declared', async () => {
    const server = await mockServer({ seed: 7 });
    const { proxy, recording } = await proxied({
      upstream: new URL(server.url).origin,
      provenance: 'captured',
    });
    const seen = await converse(proxy.urlFor('hello'));
    const { path, provenance, complete, name } = await recording();
    expect([basename(path), complete, name]).toEqual(['hello.rec', true, 'hello']);
    expect(provenance).toEqual({ kind: 'simulated', by: expect.stringMatching(/^soundstage \d/), seed: 7 });
    const read = openRecording(path);
    expect(serverTypes(path)).toEqual(['session.created', ...seen]);
    expect([read.lane('client'), read.lane('server')?.rateHz]).toMatchObject([
      { rateHz: 16_000, samples: 1_600 },
      24_000,
    ]);
    expect(read.manifest).toMatchObject({ model: MODEL, name: 'hello', complete: true });
  });

  test('names the scenario and the seed of its own that the client chose', async () => {
    const server = await mockServer({ scenarios: { 'text-turn': libraryScenario('done-never-comes') } });
    const upstream = new URL(server.url).origin;
    const through = await proxied({ upstream });
    const client = through.peer();
    client.write(upgradeText(`/n/chosen/s/text-turn/me/9${TARGET}`));
    await client.saw.until('data');
    client.socket.end();
    expect((await through.recording()).provenance).toMatchObject({ scenario: 'text-turn', seed: 9 });
  });

  test('that is refused is simulated, too', async () => {
    const server = await mockServer();
    const through = await proxied({ upstream: new URL(server.url).origin, provenance: 'captured' });
    await passOne(through, '/n/refused/s/no-such-scenario/api-ws/v1/realtime?model=m', 1);
    expect(await through.recording()).toMatchObject({ status: 404, provenance: { kind: 'simulated' } });
  });

  test('many at once do not mix', async () => {
    const server = await mockServer();
    const { proxy, recording } = await proxied({ upstream: new URL(server.url).origin });
    const names = Array.from({ length: 20 }, (_, index) => `session-${index}`);
    const seen = await Promise.all(names.map((name) => converse(proxy.urlFor(name))));
    await recording(names.length);
    expect(proxy.recordings.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(proxy.recordings.every(({ complete }) => complete)).toBe(true);
    for (const [index, name] of names.entries()) {
      const path = proxy.recordings.find((recording) => recording.name === name)?.path ?? '';
      expect(serverTypes(path)).toEqual(['session.created', ...(seen[index] ?? [])]);
    }
  });
});

describe('where recordings go', () => {
  test('further recordings of a name get numbers', async () => {
    const upstream = await rawUpstream({ answer: REFUSAL });
    const through = await proxied({ upstream: upstream.url });
    const names = [];
    for (const count of [1, 2, 3]) names.push(await passOne(through, `/n/same${TARGET}`, count));
    expect(names).toEqual(['same.rec', 'same-2.rec', 'same-3.rec']);
  });

  test('with force, one that is being written is not replaced', async () => {
    const upstream = await rawUpstream();
    const { peer, recording, out } = await proxied({ upstream: upstream.url, force: true });
    const [first, second] = [peer(true), peer(true)];
    await first.upgrade(`/n/only${TARGET}`);
    await second.upgrade(`/n/only${TARGET}`);
    for (const [index, client] of [second, first].entries()) {
      client.socket.end();
      const link = await upstream.link(2 - index);
      await link.saw.until('end');
      link.socket.end();
      expect(basename((await recording(index + 1)).path)).toBe(['only-2.rec', 'only.rec'][index]);
    }
    expect(readdirSync(out).sort()).toEqual(['only-2.rec', 'only.rec']);
  });

  test('with force a recording of the name from before is gone', async () => {
    const upstream = await rawUpstream({ answer: REFUSAL });
    const through = await proxied({ upstream: upstream.url, force: true });
    expect(await passOne(through, `/n/a${TARGET}`, 1)).toBe('a.rec');
    expect(await passOne(through, `/n/a${TARGET}&second=1`, 2)).toBe('a.rec');
    expect(readdirSync(through.out)).toEqual(['a.rec']);
    expect(entriesOf(join(through.out, 'a.rec'))[0]).toMatchObject({
      target: expect.stringMatching(/second=1$/),
    });
  });

  test("somebody else's folder is left alone, and the recording says why it is not there", async () => {
    const upstream = await rawUpstream({ answer: REFUSAL });
    const through = await proxied({ upstream: upstream.url, force: true });
    mkdirSync(join(through.out, 'a.rec'));
    writeFileSync(join(through.out, 'a.rec', 'thesis.txt'), 'years of work');
    await passOne(through, `/n/a${TARGET}`, 1);
    expect(through.problems).toEqual([expect.stringMatching(/no recording's/)]);
    expect(existsSync(join(through.out, 'a.rec', 'thesis.txt'))).toBe(true);
  });

  test('without a name it is the time and the model', async () => {
    const upstream = await rawUpstream({ answer: REFUSAL });
    const through = await proxied({ upstream: upstream.url });
    expect(await passOne(through, TARGET, 1)).toMatch(/^\d{8}T\d{6}Z-qwen3\.5-omni-flash-realtime\.rec$/);
    const hostile = `/api-ws/v1/realtime?model=${encodeURIComponent('../../../tmp/x')}`;
    expect(await passOne(through, hostile, 2)).toMatch(/^\d{8}T\d{6}Z-\.\.-\.\.-\.\.-tmp-x\.rec$/);
    expect(readdirSync(through.out)).toHaveLength(2);
  });
});

describe('a disk that fails', () => {
  /** A folder with room for so many appended bytes. */
  class SmallSink extends DirectorySink {
    #roomBytes = 400;
    override append(part: string, bytes: Uint8Array): void {
      const fits = bytes.subarray(0, Math.max(0, this.#roomBytes));
      this.#roomBytes -= bytes.length;
      super.append(part, fits);
      if (fits.length < bytes.length) throw new Error('ENOSPC: no space left on device, write');
    }
  }

  test('ends the recording and says so; the traffic goes on', async () => {
    const through = await linked({ createSink: (folder): PartSink => new SmallSink(folder) });
    const { client, server, problems, recording } = through;
    const piece = frameBytes({ opcode: 1, payload: new TextEncoder().encode('x'.repeat(50)) });
    for (let count = 1; count <= 20; count += 1) {
      server.socket.write(piece);
      await untilClientHas(client, count * piece.length);
    }
    client.socket.end();
    server.socket.end();
    const { path, complete, problem } = await recording();
    expect([client.received.length, complete]).toEqual([20 * piece.length, false]);
    expect(problems).toEqual([
      'Recording ended early: ENOSPC: no space left on device, write. The traffic goes on, and what was written can be read. Try more room on the disk, or another folder.',
    ]);
    expect(problem).toBe(problems[0]);
    expect(openRecording(path).manifest.complete).toBe(false);
    expect(wordsOf(path).every((word) => word === `server text ${'x'.repeat(50)}`)).toBe(true);
  });

  test('before the first connection is told at once', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(createRecordingProxy({ upstream: 'ws://h', out: join(file, 'x') })).rejects.toMatchObject({
      code: 'E_RECORDING_WRITE',
    });
  });

  test('a redactor that cannot be made keeps everything from the disk, and nothing from the client', async () => {
    const { client, server, out, recording } = await linked({
      createRedactor: () => {
        throw new Error('rule 3 is no pattern');
      },
    });
    server.socket.end(frameBytes({ opcode: 9, payload: new Uint8Array(0) }));
    await client.saw.until('end');
    client.socket.end();
    expect(await recording()).toMatchObject({ complete: false, problem: expect.stringMatching(/rule 3/) });
    expect([client.received.length, readdirSync(out)]).toEqual([2, []]);
  });

  test('from the beginning leaves no recording, and a client that notices nothing', async () => {
    const { client, server, problems, recording } = await linked({
      createSink: () => {
        throw new Error('EROFS: read-only file system');
      },
    });
    server.socket.end(frameBytes({ opcode: 9, payload: new Uint8Array(0) }));
    await client.saw.until('end');
    client.socket.end();
    expect(await recording()).toMatchObject({
      complete: false,
      entries: 0,
      problem: expect.stringMatching(/EROFS/),
    });
    expect([problems.length, client.received.length]).toEqual([1, 2]);
  });
});

test('what a redactor keeps back is written at the end, in order', async () => {
  const kept: DraftEntry[] = [];
  const { client, server, recording } = await linked({
    createRedactor: () => ({
      push: (entry) => {
        kept.push(entry);
        return kept.length > 3 ? kept.splice(0, 1) : [];
      },
      flush: () => kept.splice(0),
      scrub: (text) => text,
      summary: { withheld: 2, placeholders: [] },
    }),
    speechRedacted: true,
  });
  server.socket.end(frameBytes({ opcode: 9, payload: Uint8Array.of(1) }));
  await client.saw.until('end');
  client.socket.end();
  const { path } = await recording();
  expect(wordsOf(path)).toEqual(['server ping 01', 'server end fin', 'client end fin']);
  expect(openRecording(path).manifest.redactions).toEqual({ speech: true, withheld: 2, placeholders: [] });
});

describe('modes', () => {
  const replayBackend = (url: string, opened: string[]) => ({
    open: async (path: string) => {
      opened.push(`open ${basename(path)}`);
      return {
        url,
        close: async () => {
          opened.push('close');
        },
      };
    },
  });

  /** A folder with a recording `known.rec`. */
  async function folderWithOne(): Promise<string> {
    const out = temporaryFolder();
    const upstream = await rawUpstream({ answer: REFUSAL });
    await passOne(await proxied({ upstream: upstream.url, out }), `/n/known${TARGET}`, 1);
    return out;
  }

  test('passthrough records nothing', async () => {
    const { client, server, proxy, out } = await linked({ mode: 'passthrough', out: undefined });
    server.socket.end();
    client.socket.end();
    await client.saw.until('close');
    await proxy.close();
    expect([proxy.recordings, readdirSync(out)]).toEqual([[], []]);
  });

  test('replay goes to the player of the recording and nowhere else', async () => {
    const out = await folderWithOne();
    const player = await rawUpstream({ answer: 'HTTP/1.1 418 Played\r\nContent-Length: 0\r\n\r\n' });
    const opened: string[] = [];
    const { peer, proxy } = await proxied({
      mode: 'replay',
      out,
      replayBackend: replayBackend(player.url, opened),
    });
    const client = peer();
    client.write(upgradeText(`/n/known${TARGET}`));
    await client.saw.until('end');
    expect(client.receivedText).toMatch(/^HTTP\/1\.1 418 /);
    const lost = peer();
    lost.write(upgradeText(`/n/unknown${TARGET}`));
    await lost.saw.until('end');
    expect(lost.receivedText).toMatch(/^HTTP\/1\.1 404 [\s\S]*unknown\.rec/);
    const unnamed = peer();
    unnamed.write(upgradeText(TARGET));
    await unnamed.saw.until('end');
    expect(unnamed.receivedText).toMatch(/^HTTP\/1\.1 404 [\s\S]*\/n\/<name>/);
    await proxy.close();
    expect([opened, proxy.recordings, readdirSync(out)]).toEqual([
      ['open known.rec', 'close'],
      [],
      ['known.rec'],
    ]);
  });

  test('record-on-miss replays what there is and records the rest', async () => {
    const out = await folderWithOne();
    const player = await rawUpstream({ answer: 'HTTP/1.1 418 Played\r\nContent-Length: 0\r\n\r\n' });
    const upstream = await rawUpstream({ answer: REFUSAL });
    const opened: string[] = [];
    const through = await proxied({
      upstream: upstream.url,
      mode: 'record-on-miss',
      out,
      replayBackend: replayBackend(player.url, opened),
    });
    const client = through.peer();
    client.write(upgradeText(`/n/known${TARGET}`));
    await client.saw.until('end');
    expect(client.receivedText).toMatch(/^HTTP\/1\.1 418 /);
    expect(await passOne(through, `/n/new${TARGET}`, 1)).toBe('new.rec');
    expect([player.links.length, upstream.links.length]).toEqual([1, 1]);
  });

  test('without dialling out a miss is 503, and recording does not start', async () => {
    const out = await folderWithOne();
    const upstream = await rawUpstream();
    const base = {
      upstream: upstream.url,
      out,
      dialOut: false,
      replayBackend: replayBackend('ws://127.0.0.1:1', []),
    };
    const { peer } = await proxied({ ...base, mode: 'record-on-miss' });
    const client = peer();
    client.write(upgradeText(`/n/new${TARGET}`));
    await client.saw.until('end');
    expect(client.receivedText).toMatch(/^HTTP\/1\.1 503 [\s\S]*"NotRecorded"[\s\S]*CI/);
    for (const mode of ['record', 'passthrough'] as const) {
      await expect(createRecordingProxy({ ...base, mode })).rejects.toMatchObject({
        code: 'E_PROXY_CI',
        message: expect.stringMatching(/unset CI, or --mode replay/),
      });
    }
    expect(upstream.links).toEqual([]);
  });

  test('a player that cannot play is a 502 with its reason', async () => {
    const out = await folderWithOne();
    const { peer } = await proxied({
      mode: 'replay',
      out,
      replayBackend: { open: () => Promise.reject(new Error('it is torn')) },
    });
    const client = peer();
    client.write(upgradeText(`/n/known${TARGET}`));
    await client.saw.until('end');
    expect(client.receivedText).toMatch(/^HTTP\/1\.1 502 [\s\S]*it is torn/);
  });

  test.each([
    [{ mode: 'record', out: 'x' }, /needs an upstream/],
    [{ mode: 'record', upstream: 'ws://h' }, /needs a folder/],
    [{ mode: 'replay', out: 'x' }, /needs a replayBackend/],
    [{ upstream: 'ftp://h', out: 'x' }, /no URL of a WebSocket server/],
    [{ upstream: 'ws://h', out: 'x', nameTemplate: '{when}' }, /no \{when\}/],
  ] as const)('%j cannot start', async (options, message) => {
    await expect(createRecordingProxy(options)).rejects.toMatchObject({
      code: 'E_OPTION',
      message: expect.stringMatching(message),
    });
  });
});
