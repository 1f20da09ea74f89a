/**
 * The same session in memory, over a socket and over TLS; refusals and voices as the reference client gets them.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createWsTransport } from '../src/client/index.js';
import { importWav, resamplePcm16, synthesizeSpeech } from '../src/media/index.js';
import { createMockServer, type MockServer, type MockServerOptions } from '../src/mock-server/index.js';
import type { ClockPolicy, Scenario } from '../src/scenarios/index.js';
import { rejection } from './support/connected-conversation.js';
import { Talk } from './support/talk.js';
import { wavFixture } from './support/wav-file.js';

const servers: MockServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const server = await createMockServer(options);
  servers.push(server);
  return server;
}

const OMNI35 = 'qwen3.5-omni-plus-realtime';
const HELD: Scenario = {
  holds: [
    { after: { event: 'response.audio.delta', nth: 3, response: 2 }, until: { event: 'response.cancel' } },
  ],
};
const QUESTION = synthesizeSpeech('Could you tell me when the train leaves?', {
  sampleRateHz: 16_000,
  voice: 'Tina',
}).samples;

/** A spoken turn that voice activity ends, then a spoken answer that the client cancels at its third delta. */
async function voiceSession(talk: Talk): Promise<void> {
  talk.send({ type: 'session.update', session: { modalities: ['text'] } });
  talk.speak(QUESTION);
  talk.speak(new Int16Array(48_000));
  await talk.saw.until('response.done');
  talk.send({ type: 'response.create', response: { modalities: ['text', 'audio'] } });
  talk.speak(new Int16Array(16_000));
  await talk.saw.untilCount('response.audio.delta', 3);
  talk.send({ type: 'response.cancel' });
  await talk.saw.untilCount('response.done', 2);
  await talk.conversation.endSession();
}

describe('one session, three ways', () => {
  async function runOver(way: 'memory' | 'socket' | 'tls', clock: ClockPolicy) {
    // No run may fall back to wall time, however busy the machine: audio alone drives the `media` clock here.
    const server = await start({ clock, mediaGraceMs: 60_000, scenario: HELD, tls: way === 'tls' });
    const trusting = { transport: createWsTransport({ ca: server.certificatePem ?? '' }) };
    const talk = await Talk.open(
      server,
      way === 'memory' ? 'memory' : 'socket',
      way === 'tls' ? trusting : {},
    );
    await voiceSession(talk);
    const [session] = server.sessions;
    return { url: server.url, hash: session?.transcriptHash(), transcript: session?.transcript() };
  }

  test.each(['auto', 'media'] as const)(
    'gives the same transcript on clock %s, holds included',
    async (clock) => {
      const memory = await runOver('memory', clock);
      const socket = await runOver('socket', clock);
      expect(socket.transcript).toBe(memory.transcript);
      expect(socket.hash).toBe(memory.hash);
      expect(memory.transcript).toContain('input_audio_buffer.speech_started');
      expect(memory.transcript).toContain('client_cancelled');
    },
  );

  test('and over TLS with the generated certificate', async () => {
    const tls = await runOver('tls', 'auto');
    expect(tls.url).toMatch(/^wss:\/\/127\.0\.0\.1:/);
    expect(tls.hash).toBe((await runOver('memory', 'auto')).hash);
  });

  test('a client that does not trust the certificate is told so', async () => {
    const server = await start({ tls: true });
    const error = await rejection(new Talk(server.url).conversation.connect());
    expect(error.code).toBe('E_CONNECT_FAILED');
    expect(error.message).toContain('certificate');
  });
});

describe('refusals over a real socket', () => {
  const keys = { known: ['sk-good'], denied: ['sk-denied'], arrears: ['sk-poor'] };

  test.each([
    ['sk-unknown', 401, 'InvalidApiKey'],
    ['sk-denied', 403, 'AccessDenied'],
  ])('key %s: HTTP %d', async (apiKey, status, code) => {
    const server = await start({ keys });
    const error = await rejection(new Talk(server.url, { apiKey }).conversation.connect());
    expect([error.code, error.details['status']]).toEqual(['E_CONNECT_REFUSED', status]);
    expect(JSON.parse(String(error.details['body']))).toMatchObject({ code });
    expect(server.sessions).toEqual([]);
  });

  test('an account in arrears: upgraded, then closed with 1007 and no word', async () => {
    const server = await start({ keys });
    const error = await rejection(new Talk(server.url, { apiKey: 'sk-poor' }).conversation.connect());
    expect(error.details).toMatchObject({
      closeCode: 1007,
      closeReason: 'Access denied, please make sure your account is in good standing.',
    });
    await server.sessions[0]?.closed;
    expect(server.sessions[0]?.entries.map(({ kind }) => kind)).toEqual(['open', 'close']);
  });

  test('the key error as an event, when the quirk says so', async () => {
    const server = await start({ keys, quirks: { keyErrorsAsEvents: true } });
    const talk = new Talk(server.url, { apiKey: 'sk-unknown' });
    await rejection(talk.conversation.connect());
    const [error] = talk.events;
    expect(error).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', code: 'invalid_api_key' },
    });
  });

  test('an unknown model: session.created with its name, then 1007', async () => {
    const server = await start();
    const talk = await Talk.open(server, 'socket', { model: 'qwen-nonsense' });
    expect(talk.events[0]).toMatchObject({ type: 'session.created', session: { model: 'qwen-nonsense' } });
    expect(await talk.saw.until('close')).toBe('close 1007 Model not found (qwen-nonsense)!');
  });

  test('a model of a sibling family: closed before a session is shown', async () => {
    const server = await start();
    const talk = new Talk(server.url, { model: 'qwen3-asr-flash-realtime' });
    const error = await rejection(talk.conversation.connect());
    expect(error.code).toBe('E_CONNECT_CLOSED');
    expect(talk.saw.list).not.toContain('session.created');
  });
});

describe('scripted voices', () => {
  const FILES = ['s16-44100-stereo.wav', 'mulaw-8000-mono.wav', 's16-16000-mono-piped.wav'];

  test.each(FILES.flatMap((file) => [24_000, 8_000].map((rateHz) => [file, rateHz] as const)))(
    '%s is heard as it is, at %d Hz',
    async (file, rateHz) => {
      const wav = wavFixture(file);
      const scenario = { replies: [{ text: 'A recorded voice.', wav }] };
      const server = await start({ listen: false, scenario });
      const talk = await Talk.open(server, 'memory', { model: OMNI35 });
      const output = { format: { type: 'pcm', sample_rate: rateHz } };
      talk.send(
        { type: 'session.update', session: { instructions: 'Speak.', audio: { output } } },
        { type: 'response.create' },
      );
      await talk.saw.until('response.done');
      expect(talk.voice).toEqual(resamplePcm16(importWav(wav), 16_000, rateHz));
    },
  );

  test('one that cannot be read is refused before anything listens', async () => {
    const scenario = { replies: [{ text: 'x', wav: new Uint8Array(10) }] };
    await expect(createMockServer({ scenario })).rejects.toMatchObject({ code: 'E_SCENARIO_WAV' });
  });
});
