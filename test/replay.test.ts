/**
 * Recordings of the stand-in, replayed strictly to the same program and to changed ones.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/index.js';
import { silence } from '../src/media/index.js';
import {
  type DraftEntry,
  MemoryParts,
  Recording,
  RecordingWriter,
  recordLog,
} from '../src/recordings/index.js';
import {
  append,
  cancel,
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

type Program = (talk: Talk) => Promise<void>;
const MODEL = 'qwen3.8-omni-flash-realtime';
const servers: MockServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: MockServerOptions): Promise<MockServer> {
  const server = await createMockServer({ listen: false, library: false, ...options });
  servers.push(server);
  return server;
}

/** Runs a program to its end and gives the session as the server saw it. */
async function run(server: MockServer, program: Program, over: 'memory' | 'socket' = 'memory') {
  const talk = await Talk.open(server, over);
  // A program whose connection is closed under it has seen all there is.
  await Promise.race([program(talk), talk.saw.until('close')]);
  await talk.conversation.close();
  const session = await server.nextSession();
  await session.closed;
  return { session, talk };
}

async function record(program: Program, options: MockServerOptions = {}): Promise<Recording> {
  const { session } = await run(await serve(options), program);
  const sink = new MemoryParts('a-recording.rec');
  recordLog({ entries: session.entries, sink, model: session.model, by: 'soundstage test' });
  return new Recording(sink);
}

async function replay(
  recording: Recording,
  program: Program,
  options: Partial<Exclude<MockServerOptions['recording'], string | Recording | undefined>> = {},
) {
  const server = await serve({ seed: 99, recording: { recording, ...options } });
  return { server, ...(await run(server, program)) };
}

const writes: Program = async (talk) => {
  talk.send(textOnly);
  await talk.saw.until('session.updated');
  talk.send(userText('Where is the key?'), create);
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
  talk.send(update({ turn_detection: { type: 'server_vad' } }));
  await talk.saw.until('session.updated');
  talk.speak(UTTERANCE);
  await talk.saw.until('response.done');
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
  talk.send(manual, commit, { event_id: 'mine-1', ...cancel }, toolOutput('call_nobody_made_this', 'x'), {
    type: 'x.y',
  });
  await talk.saw.untilCount('error', 4);
};
const nestsDeeply: Program = async (talk) => {
  const deep = `{"type":"session.update","session":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  talk.conversation.sendRaw(deep);
  await talk.saw.until('error');
};
const finishes: Program = async (talk) => {
  talk.send(textOnly, userText('Hello'), create);
  await talk.saw.until('response.done');
  talk.send(finish);
  await talk.saw.until('session.finished');
};

const PROGRAMS: readonly (readonly [string, Program, MockServerOptions])[] = [
  ['a written turn', writes, {}],
  ['a spoken turn', speaks, { scenario: { replies: [{ text: 'It is on the table.' }] } }],
  ['a turn found by voice activity', isHeard, { scenario: { replies: [{ text: 'Yes.' }] } }],
  ['the same on the media clock', isHeard, { clock: 'media', scenario: { replies: [{ text: 'Yes.' }] } }],
  ['a tool call', callsTools, {}],
  ['refusals that quote ids', isRefused, {}],
  ['a message that nests too deep', nestsDeeply, {}],
  ['an end in good order', finishes, {}],
];

describe('the same program', () => {
  it.each(PROGRAMS)(
    '%s: no mismatch, nothing left over, the same transcript',
    async (_name, program, options) => {
      const recording = await record(program, options);
      const { session } = await replay(recording, program);
      expect(session.replay).toMatchObject({ ok: true, isComplete: true });
      expect(session.transcriptHash()).toBe(recording.manifest.transcriptSha256);
      const again = new MemoryParts('again.rec');
      recordLog({ entries: session.entries, sink: again, model: session.model, by: 'soundstage test' });
      expect(new Recording(again).manifest.transcriptSha256).toBe(recording.manifest.transcriptSha256);
    },
  );

  it('gets ids of its own session, the same wherever they are named', async () => {
    const recording = await record(callsTools);
    const { talk } = await replay(recording, callsTools);
    const recorded = JSON.stringify([...recording.entries()]);
    const ids = JSON.stringify(talk.events).match(/(?:item|resp|event|sess|call|conv)_\w{20,}/g) ?? [];
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id) => recorded.includes(id))).toEqual([]);
  });

  it('may cut its audio differently', async () => {
    const recording = await record(speaks);
    const { session } = await replay(recording, async (talk) => {
      talk.send(manual);
      await talk.saw.until('session.updated');
      talk.send(append(SPEECH.subarray(0, 777)), append(SPEECH.subarray(777)), commit, create);
      await talk.saw.until('response.done');
    });
    expect(session.replay).toMatchObject({ ok: true, isComplete: true });
  });

  it('says in the server’s verdict that it was the same', async () => {
    const { server } = await replay(await record(writes), writes);
    expect(server.verify()).toMatchObject({ ok: true });
  });
});

describe('a changed program', () => {
  const speaking =
    (change: { voice?: string; samples?: Int16Array; commits?: boolean; more?: boolean }): Program =>
    async (talk) => {
      const session = {
        turn_detection: null,
        ...(change.voice === undefined ? {} : { voice: change.voice }),
      };
      talk.send(update(session));
      await talk.saw.until('session.updated');
      talk.speak(change.samples ?? SPEECH);
      if (change.commits !== false) talk.send(commit);
      talk.send(create);
      await talk.saw.until('response.done');
      if (change.more === true) {
        talk.send(cancel);
        await talk.saw.until('error');
      }
    };
  const oneSample = SPEECH.slice();
  oneSample[10_000] = 30_000;
  const CHANGES = [
    ['one parameter more', speaking({ voice: 'Ethan' }), { path: 'session.voice', live: '"Ethan"' }],
    ['one sample', speaking({ samples: oneSample }), { path: 'audio', live: '30000' }],
    ['half the audio', speaking({ samples: SPEECH.subarray(0, 8_000) }), { path: 'audio' }],
    ['no commit', speaking({ commits: false }), { path: 'type', recorded: '"input_audio_buffer.commit"' }],
    ['a message more', speaking({ more: true }), { expected: 'no further message', came: 'response.cancel' }],
  ] as const;

  it.each(CHANGES)('%s is named, and the connection closed', async (_name, changed, names) => {
    const recording = await record(speaks);
    const { session, server } = await replay(recording, changed);
    expect(session.replay).toMatchObject({ ok: false, mismatch: names });
    expect(session.close).toMatchObject({ code: 4409 });
    expect(session.close?.reason).toContain(`entry ${session.replay?.mismatch?.entry}`);
    expect(server.verify().ok).toBe(false);
  });

  it('names a tool’s output that is for another call', async () => {
    const recording = await record(callsTools);
    const { session } = await replay(recording, async (talk) => {
      talk.send(update({ turn_detection: null, modalities: ['text'], tools: [functionTool('get_time')] }));
      await talk.saw.until('session.updated');
      talk.send(userText('What time is it?'), create);
      await talk.saw.until('response.done');
      talk.send(toolOutput('call_000000000000000000000000', 'nine'), create);
      await talk.saw.untilCount('response.done', 2);
    });
    expect(session.replay?.mismatch).toMatchObject({ path: 'item.call_id' });
  });

  it('that stops early leaves something over, which fails unless it is ignored', async () => {
    const recording = await record(writes);
    const stops: Program = async (talk) => {
      talk.send(textOnly);
      await talk.saw.until('session.updated');
    };
    const { session, server } = await replay(recording, stops);
    expect(session.replay).toMatchObject({
      ok: false,
      leftovers: { clientMessages: 2, first: 'conversation.item.create' },
    });
    expect(server.verify().ok).toBe(false);
    const ignored = await replay(recording, stops, { leftovers: 'ignore' });
    expect(ignored.session.replay).toMatchObject({ ok: true, isComplete: false });
    expect(ignored.server.verify().ok).toBe(true);
  });

  it('may differ where the test says so', async () => {
    const recording = await record(speaks);
    const { session } = await replay(recording, speaking({ voice: 'Ethan' }), { ignore: ['session.voice'] });
    expect(session.replay).toMatchObject({ ok: true });
  });

  it('of another model is told so at once', async () => {
    const recording = await record(writes);
    const server = await serve({ recording });
    const talk = new Talk(server.url, {
      transport: server.memoryTransport,
      model: 'qwen3-omni-flash-realtime',
    });
    await expect(talk.conversation.connect()).rejects.toThrow();
    expect(server.sessions[0]?.replay?.mismatch).toMatchObject({ path: 'model', entry: 1 });
  });
});

describe('silence behind what was said', () => {
  const speakingWith =
    (silenceMs: number): Program =>
    async (talk) => {
      talk.send(manual);
      await talk.saw.until('session.updated');
      talk.speak(SPEECH);
      talk.speak(pause(silenceMs));
      talk.send(commit, create);
      await talk.saw.until('response.done');
    };

  it.each([
    [500, true],
    [1000, true],
    [1500, true],
    [1600, false],
    [400, false],
  ])('recorded 1000 ms, sent %i ms, slack 500 ms', async (silenceMs, ok) => {
    const { session } = await replay(await record(speakingWith(1000)), speakingWith(silenceMs));
    expect(session.replay?.ok).toBe(ok);
  });

  it('need not be sent before what followed it comes', async () => {
    const recording = await record(isHeard);
    const shorter: Program = async (talk) => {
      talk.send(update({ turn_detection: { type: 'server_vad' } }));
      await talk.saw.until('session.updated');
      talk.speak(UTTERANCE.subarray(0, UTTERANCE.length - 8_000 - 6_400));
      await talk.saw.until('response.done');
    };
    const { session } = await replay(recording, shorter, { audioSlackMs: 1_000 });
    expect(session.replay).toMatchObject({ ok: true });
  });
});

describe('what is no event', () => {
  const HEADER = {
    provenance: { kind: 'handwritten' },
    recordedBy: 'a test',
    model: MODEL,
  } as const;
  let created = '';
  beforeAll(async () => {
    const { session } = await run(
      await serve({}),
      async (talk) => void (await talk.saw.until('session.created')),
    );
    for (const entry of session.entries) if (entry.kind === 'server') created ||= entry.text ?? '';
  });
  const handwritten = (...entries: (Partial<DraftEntry> & { kind: DraftEntry['kind'] })[]): Recording => {
    const sink = new MemoryParts('handwritten.rec');
    const writer = new RecordingWriter({ sink, header: HEADER });
    const target = `/api-ws/v1/realtime?model=${MODEL}`;
    writer.write({ kind: 'upgrade', atMs: 0, from: 'client', method: 'GET', target, headers: [] });
    for (const entry of entries) writer.write({ atMs: 0, from: 'server', ...entry } as DraftEntry);
    writer.finish();
    return new Recording(sink);
  };

  it('closes as it was closed', async () => {
    const recording = handwritten(
      { kind: 'text', parts: [created] },
      { kind: 'text', from: 'client', parts: ['{"type":"session.finish"}'] },
      { kind: 'close', code: 1007, reason: 'Model not found (x)!' },
    );
    const { session } = await replay(recording, async (talk) => {
      talk.send(finish);
      await talk.saw.until('close 1007 Model not found (x)!');
    });
    expect(session.close).toMatchObject({ code: 1007, reason: 'Model not found (x)!' });
    expect(session.replay).toMatchObject({ ok: true, isComplete: true });
  });

  it('refuses the upgrade as it was refused', async () => {
    const body = new TextEncoder().encode('{"code":"InvalidApiKey"}');
    const headers = [['content-type', 'application/json']] as const;
    const recording = handwritten({ kind: 'answer', status: 401, reason: 'Unauthorized', headers, body });
    const server = await serve({ recording });
    const talk = new Talk(server.url, { transport: server.memoryTransport });
    await expect(talk.conversation.connect()).rejects.toThrow(/401|InvalidApiKey/);
    expect(server.upgrades[0]).toMatchObject({ answer: 'refused', status: 401 });
  });

  it('comes after the recorded pauses when asked to', async () => {
    const recording = handwritten(
      { kind: 'text', parts: [created] },
      { kind: 'text', atMs: 1_000, parts: ['{"event_id":"event_2","type":"x.first"}'] },
      { kind: 'text', atMs: 1_500, parts: ['{"event_id":"event_3","type":"x.second"}'] },
    );
    const { session } = await replay(recording, (talk) => talk.saw.until('x.second').then(() => {}), {
      timing: 'recorded',
      timeFactor: 2,
    });
    const times = session.entries.flatMap((entry) => (entry.kind === 'server' ? [entry.atMs] : []));
    expect(times).toEqual([0, 2_000, 3_000]);
  });

  it('keeps long names as they are behind an id that is short', async () => {
    const short = '{"event_id":"e-1","type":"x.one","item_id":"i","model":"qwen3-omni-flash-realtime-2025"}';
    const recording = handwritten({ kind: 'text', parts: [created] }, { kind: 'text', parts: [short] });
    const { session } = await replay(recording, (talk) => talk.saw.until('x.one').then(() => {}));
    const sent = session.entries.flatMap((entry) => (entry.kind === 'server' ? [entry.text ?? ''] : []));
    expect(JSON.parse(sent[1] ?? '')).toMatchObject({
      type: 'x.one',
      model: 'qwen3-omni-flash-realtime-2025',
    });
  });

  it('lets a placeholder stand for anything', async () => {
    const update = '{"type":"session.update","session":{"instructions":"Use [redacted:credential-1] now."}}';
    const recording = handwritten(
      { kind: 'text', parts: [created] },
      { kind: 'text', from: 'client', parts: [update] },
    );
    const { session } = await replay(recording, async (talk) => {
      talk.send({ type: 'session.update', session: { instructions: 'Use sk-123456 now.' } });
    });
    expect(session.replay).toMatchObject({ ok: true, isComplete: true });
  });
});

describe('a replay is a session like any other', () => {
  it('its messages pass the faults that a test adds', async () => {
    const recording = await record(writes);
    const server = await serve({ recording });
    const talk = await Talk.open(server, 'memory');
    server.sessions[0]?.fault({ at: { event: 'response.done' }, do: 'drop' });
    talk.send(textOnly);
    await talk.saw.until('session.updated');
    talk.send(userText('Where is the key?'), create);
    await talk.saw.until('response.output_item.done');
    await talk.conversation.close();
    expect(talk.saw.list).not.toContain('response.done');
  });

  it('reactive: the recorded words and voice answer whatever is asked', async () => {
    const recording = await record(speaks, { scenario: { replies: [{ text: 'It is on the table.' }] } });
    const server = await serve({ recording: { recording, mode: 'reactive' } });
    const talk = await Talk.open(server, 'memory');
    talk.send(manual, userText('Something else entirely.'), create);
    await talk.saw.until('response.done');
    const done = talk.events.find(({ type }) => type === 'response.audio_transcript.done');
    expect(done).toMatchObject({ transcript: 'It is on the table.' });
    expect(talk.voice.length).toBe(recording.lane('server')?.samples);
    expect(talk.voice.length).toBeGreaterThan(silence(1).length);
    await talk.conversation.close();
  });
});
