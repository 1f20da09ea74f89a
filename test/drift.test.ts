/**
 * A recorded session played to servers that are the same, that have changed, and that are not there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ReplayAgainstFlags, replayAgainst } from '../src/cli/replay-against.js';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { type PlayAgainstOptions, playAgainst } from '../src/play/index.js';
import { DirectorySink } from '../src/recordings/files/index.js';
import { type DraftEntry, MemoryParts, Recording, recordLog } from '../src/recordings/index.js';
import {
  commit,
  create,
  finish,
  functionTool,
  manual,
  pause,
  SPEECH,
  textOnly,
  toolOutput,
  UTTERANCE,
  update,
  userText,
} from './support/client-messages.js';
import { Talk } from './support/talk.js';
import { client, closes, server as says, upgrade, writtenRecording } from './support/written-recording.js';

type Program = (talk: Talk) => Promise<void>;
const servers: MockServer[] = [];
const root = mkdtempSync(join(tmpdir(), 'soundstage-drift-'));

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function serve(options: MockServerOptions = {}): Promise<MockServer> {
  const server = await createMockServer({ library: false, ...options });
  servers.push(server);
  return server;
}

async function recordedParts(program: Program, options: MockServerOptions = {}): Promise<MemoryParts> {
  const server = await serve({ listen: false, ...options });
  const talk = await Talk.open(server, 'memory');
  await Promise.race([program(talk), talk.saw.until('close')]);
  await talk.conversation.close();
  const session = await server.nextSession();
  await session.closed;
  const sink = new MemoryParts('a-recording.rec');
  recordLog({ entries: session.entries, sink, model: session.model, by: 'soundstage test' });
  return sink;
}

const record = async (program: Program, options?: MockServerOptions) =>
  new Recording(await recordedParts(program, options));

/** Plays it to a server with another seed: other ids, other words, other sound. */
async function drift(
  recording: Recording,
  options: MockServerOptions = {},
  more: Partial<PlayAgainstOptions> = {},
) {
  const server = await serve({ seed: 99, ...options });
  const report = await playAgainst(recording, {
    url: server.url,
    apiKey: 'sk-live',
    patienceMs: 1_000,
    ...more,
  });
  return { report, server };
}

const writes: Program = async (talk) => {
  talk.send(textOnly, userText('Hello'), create);
  await talk.saw.until('response.done');
};
const speaks: Program = async (talk) => {
  talk.send(manual);
  await talk.saw.until('session.updated');
  talk.speak(SPEECH);
  talk.send(commit, create);
  await talk.saw.until('response.done');
};
const isHeard: Program = async (talk) => {
  talk.speak(UTTERANCE);
  await talk.saw.until('response.done');
  talk.speak(pause(1_500));
  talk.speak(UTTERANCE);
  await talk.saw.untilCount('response.done', 2);
};
const callsTools: Program = async (talk) => {
  talk.send(update({ turn_detection: null, modalities: ['text'], tools: [functionTool('get_time')] }));
  await talk.saw.until('session.updated');
  talk.send(userText('What time is it?'), create);
  await talk.saw.until('response.done');
  const call = talk.events.find(({ type }) => type === 'response.function_call_arguments.done');
  talk.send(toolOutput((call as { call_id?: string }).call_id, 'nine'), create);
  await talk.saw.untilCount('response.done', 2);
};
const isRefused: Program = async (talk) => {
  talk.send(manual, commit, toolOutput('call_nobody_made_this', 'x'), { type: 'x.y' });
  await talk.saw.untilCount('error', 3);
};
const finishes: Program = async (talk) => {
  await writes(talk);
  talk.send(finish);
  await talk.saw.until('session.finished');
};

describe('a server that has not changed', () => {
  it.each<[string, Program, MockServerOptions]>([
    ['a written turn', writes, {}],
    ['a spoken turn', speaks, {}],
    ['two turns found by voice activity', isHeard, {}],
    ['a tool call', callsTools, {}],
    ['refusals', isRefused, {}],
    ['an end in good order', finishes, {}],
  ])('%s: no drift, with other ids and other words', async (_name, program, options) => {
    const { report } = await drift(await record(program, options), options);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, notes: [] });
    expect(report.recordedEvents).toBeGreaterThan(0);
  });

  it('gets the ids that it made itself', async () => {
    const { server } = await drift(await record(callsTools));
    const [session] = server.sessions;
    const texts = [...(session?.entries ?? [])].map((entry) => ('text' in entry ? String(entry.text) : ''));
    const call = texts.find((text) => text.includes('function_call_arguments.done')) ?? '{}';
    const output = texts.find((text) => text.includes('function_call_output')) ?? '{}';
    expect(JSON.parse(output).item.call_id).toBe(JSON.parse(call).call_id);
  });

  it('is asked for the recorded model, with the key in the header only', async () => {
    const { server } = await drift(await record(writes));
    expect(server.sessions[0]?.model).toBe('qwen3.8-omni-flash-realtime');
    expect(server.upgrades.map(({ answer }) => answer)).toEqual(['accepted']);
  });

  it('may be played at the recorded times', async () => {
    const recording = writtenRecording([
      upgrade('/api-ws/v1/realtime?model=qwen3.8-omni-flash-realtime'),
      client(0, textOnly),
      client(120, userText('Hello')),
      client(240, create),
    ]);
    const before = performance.now();
    await drift(recording, {}, { timing: 'recorded' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(230);
  });
});

const faulty = (fault: object): MockServerOptions => ({
  scenario: { version: 1, faults: [fault] } as MockServerOptions['scenario'] & object,
});

describe('a server that has changed', () => {
  it.each<[string, Program, object, string, string]>([
    [
      'a key is missing',
      writes,
      { at: { event: 'response.done' }, do: 'mutate', edits: [{ path: 'response.usage', change: 'delete' }] },
      'breaking',
      'response.done: response.usage is missing.',
    ],
    [
      'a value has another type',
      writes,
      {
        at: { event: 'response.done' },
        do: 'mutate',
        edits: [{ path: 'response.status', change: 'set', value: 7 }],
      },
      'breaking',
      'response.done: response.status is number; it was string.',
    ],
    [
      'a key is new',
      writes,
      {
        at: { event: 'session.created' },
        do: 'mutate',
        edits: [{ path: 'session', change: 'extra-key', value: 'mood' }],
      },
      'added',
      'session.created: session.mood is new (object).',
    ],
    [
      'an event is missing',
      writes,
      { at: { event: 'response.content_part.done' }, do: 'drop' },
      'breaking',
      'In response 1, response.content_part.done does not come.',
    ],
    [
      'it closes',
      writes,
      { at: { event: 'response.done' }, do: 'close', code: 1011 },
      'breaking',
      'The server closes with code 1011; it did not close.',
    ],
  ])('%s', async (_name, program, fault, grade, words) => {
    const { report } = await drift(await record(program), faulty(fault));
    expect(report.findings.map((finding) => [finding.grade, finding.words])).toContainEqual([grade, words]);
    expect(report.ok).toBe(grade === 'added');
  });

  it('an error has another code, or does not come', async () => {
    const recording = writtenRecording([
      upgrade(),
      says(1, { type: 'session.created' }),
      client(2, create),
      client(3, { type: 'x.y' }),
      says(4, { type: 'error', error: { code: 'another' } }),
    ]);
    const { report } = await drift(recording);
    expect(report.findings.map(({ words }) => words)).toContainEqual(
      expect.stringMatching(/^Error 1 is \w+; it was another\.$/),
    );
  });

  it('an event comes in another place, another is new', async () => {
    const types = ['session.updated', 'session.created'];
    const recording = writtenRecording([
      upgrade(),
      ...types.map((type, index) => says(index, { type, event_id: 'e', session: {} })),
      client(9, textOnly),
    ]);
    const { report } = await drift(recording);
    const order = report.findings.filter(({ kind }) => kind === 'order');
    expect(order.map(({ words }) => words)).toEqual([
      'In session, session.updated comes behind session.created; it came first.',
    ]);
  });

  it('the recorded server closed, this one does not', async () => {
    const recording = writtenRecording([
      upgrade(),
      says(1, { type: 'session.created' }),
      closes('server', 5, 1011),
    ]);
    const { report } = await drift(recording, {}, { patienceMs: 200 });
    expect(report.findings.map(({ words }) => words)).toContain(
      'The server does not close; it closed with code 1011.',
    );
  });

  it('an event that never comes is waited for once', async () => {
    const recording = writtenRecording([
      upgrade(),
      says(1, { type: 'never.comes' }),
      ...Array.from({ length: 20 }, (_, index) => client(2 + index, textOnly)),
    ]);
    const before = performance.now();
    await drift(recording, {}, { patienceMs: 300 });
    expect(performance.now() - before).toBeLessThan(2_500);
  });

  it('a refused upgrade is compared with a recorded one', async () => {
    const refusal: DraftEntry = {
      kind: 'answer',
      from: 'server',
      atMs: 1,
      status: 403,
      reason: '',
      headers: [],
    };
    const { report } = await drift(writtenRecording([upgrade(), refusal]));
    expect(report.findings[0]?.words).toBe('The server answers the upgrade with HTTP 101; it answered 403.');
  });
});

describe('what cannot be played', () => {
  const redacted = [client(1, userText('I am [redacted:name-1].')), client(2, userText('[redacted:mail-1]'))];

  it('placeholders are named before anything is sent, unless they are filled', async () => {
    const recording = writtenRecording([upgrade(), client(0, textOnly), ...redacted]);
    await expect(drift(recording)).rejects.toMatchObject({
      code: 'E_DRIFT_PLACEHOLDER',
      message: expect.stringContaining('[redacted:name-1], [redacted:mail-1]'),
    });
    expect(servers[0]?.upgrades).toEqual([]);
    const fill = { '[redacted:name-1]': 'Ada "A"', '[redacted:mail-1]': 'a@b.example' };
    const { server } = await drift(recording, {}, { fill });
    const texts = [...(server.sessions[0]?.entries ?? [])].map((entry) =>
      'text' in entry ? String(entry.text) : '',
    );
    expect(texts.some((text) => text.includes('I am Ada \\"A\\".'))).toBe(true);
  });

  it('is noted', async () => {
    const bytes: DraftEntry = { kind: 'bytes', from: 'client', atMs: 1, payload: Uint8Array.of(1) };
    const { report } = await drift(writtenRecording([upgrade(), bytes]));
    expect(report.notes).toEqual(["What the client sent as 'bytes' cannot be played."]);
  });
});

describe('soundstage replay --against', () => {
  beforeEach(() => vi.stubEnv('DASHSCOPE_API_KEY', 'sk-by-default'));

  async function run(path: string, flags: ReplayAgainstFlags) {
    let printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    await replayAgainst(path, flags);
    return { printed, exitCode: process.exitCode };
  }

  async function folder(name: string): Promise<string> {
    const sink = new DirectorySink(join(root, name));
    for (const [part, bytes] of Object.entries((await recordedParts(writes)).toObject()))
      sink.put(part, bytes);
    return join(root, name);
  }

  it('ends with 0, or 1 for what breaks, or 1 for what is new when it is strict; the key is never shown', async () => {
    const path = await folder('written.rec');
    vi.stubEnv('MY_KEY', 'sk-secret-of-mine');
    const same = await serve({ seed: 99 });
    const clean = await run(path, { against: same.url, apiKeyEnv: 'MY_KEY' });
    expect(clean).toMatchObject({ exitCode: 0, printed: expect.stringContaining('No drift') });
    const edits = [{ path: 'session', change: 'extra-key', value: 'mood' }];
    const newer = await serve(faulty({ at: { event: 'session.created' }, do: 'mutate', edits }));
    expect((await run(path, { against: newer.url })).exitCode).toBe(0);
    const strict = await run(path, { against: newer.url, strict: true, apiKeyEnv: 'MY_KEY' });
    expect(strict.exitCode).toBe(1);
    expect(strict.printed).toContain('session.created: session.mood is new (object).');
    expect(strict.printed).toContain(`Again: soundstage replay ${path} --against ${newer.url.split('?')[0]}`);
    const json = await run(path, { against: newer.url, json: true, apiKeyEnv: 'MY_KEY' });
    expect(JSON.parse(json.printed)).toMatchObject({
      ok: true,
      findings: [{ grade: 'added', path: 'session.mood' }],
    });
    expect(clean.printed + strict.printed + json.printed).not.toContain('sk-secret');
  });

  it('reaches nothing but this machine in CI', async () => {
    const path = await folder('ci.rec');
    vi.stubEnv('CI', 'true');
    for (const against of [
      'wss://dashscope.example/x',
      'ws://127.0.0.1.example/',
      'ws://[::2]:1/',
      'no url',
    ]) {
      await expect(run(path, { against })).rejects.toMatchObject({ code: 'E_DRIFT_CI' });
    }
    const { url } = await serve();
    expect((await run(path, { against: url })).exitCode).toBe(0);
  });

  it('says that a server is not there, or refuses', async () => {
    const path = await folder('nobody.rec');
    const server = await serve();
    await expect(run(path, { against: server.url, apiKeyEnv: 'NO_KEY_IN_HERE' })).rejects.toMatchObject({
      code: 'E_CONNECT_REFUSED',
    });
    await server.close();
    const failure = run(path, { against: server.url.replace('?', '?key=sk-in-url&') });
    await expect(failure).rejects.toMatchObject({ code: 'E_CONNECT_FAILED' });
    await expect(failure).rejects.not.toThrow('sk-in-url');
  });

  it('takes what fills a placeholder from the environment only', async () => {
    const path = await folder('fill.rec');
    vi.stubEnv('MY_NAME', 'Ada');
    const { url } = await serve();
    expect((await run(path, { against: url, fill: ['[redacted:name-1]=MY_NAME'] })).exitCode).toBe(0);
    for (const fill of ['MY_NAME', '[redacted:name-1]=NOT_THERE'])
      await expect(run(path, { against: url, fill: [fill] })).rejects.toMatchObject({ code: 'E_CLI_VALUE' });
  });
});
