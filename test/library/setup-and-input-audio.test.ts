/**
 * The scenarios of audio from the client, its commits, rates and pace, played over a real socket: what a client sees, and where that
 * says more, what a client runs into that is not ready for it.
 */
import { describe, expect, test } from 'vitest';
import { synthesizeSpeech } from '../../src/media/index.js';
import type { HeardEvent } from '../../src/play/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';
import {
  ANSWERED,
  ASKED,
  audioOf,
  COMMITTED,
  errors,
  fired,
  lengths,
  missed,
  nth,
  outline,
  play,
  playAs,
  SPOKEN,
  turnsSent,
} from './setup-and-input-checks.js';

const REFUSED = 'invalid_request_error';
const EMPTY = {
  type: REFUSED,
  message: 'Error committing input audio buffer: buffer too small, or have no audio.',
};
const MANUAL: readonly DriveStep[] = [
  { send: { type: 'session.update', session: { turn_detection: null } } },
  { listen: 'session.updated' },
];
const append = (bytes: Uint8Array): DriveStep => ({
  send: { type: 'input_audio_buffer.append', audio: Buffer.from(bytes).toString('base64') },
});
const COMMIT: DriveStep = { send: { type: 'input_audio_buffer.commit' } };

/** PCM16 of one second of speech and some silence behind it. */
function second(sampleRateHz: 16_000 | 24_000): Buffer {
  const speech = synthesizeSpeech('And then we went down to the river. '.repeat(3), { sampleRateHz }).samples;
  const samples = new Int16Array(2.5 * sampleRateHz);
  samples.set(speech.subarray(0, sampleRateHz));
  return Buffer.from(samples.buffer);
}

/** One append per piece of this many bytes. */
function inPieces(bytes: Buffer, sizeBytes: number): DriveStep[] {
  const count = Math.ceil(bytes.length / sizeBytes);
  return Array.from({ length: count }, (_, index) =>
    append(bytes.subarray(index * sizeBytes, (index + 1) * sizeBytes)),
  );
}

describe('commits', () => {
  test('commit-is-refused-as-empty: one error, and the next commit holds all of the audio', async () => {
    const run = await play('commit-is-refused-as-empty');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      'error',
      ...COMMITTED,
      ...ANSWERED,
      ...ASKED,
    ]);
    expect(errors(run.events())).toEqual([EMPTY]);
    expect(fired(run)).toEqual([0]);
  });

  test('commits-under-100-ms-are-refused: 60 ms are too little, 120 ms are not', async () => {
    const run = await play('commits-under-100-ms-are-refused');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      'error',
      ...COMMITTED,
      ...ANSWERED,
      ...ASKED,
    ]);
    expect(errors(run.events())).toEqual([EMPTY]);
    expect(lengths(turnsSent(run))).toEqual([1920, 1920]);
  });

  test('commit-in-voice-mode-closes-with-1011: the client that only speaks is answered', async () => {
    const run = await play('commit-in-voice-mode-closes-with-1011');
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    expect(run.record.connections[0]?.heard.close?.code).toBe(1000);
  });

  test('commit-in-voice-mode-closes-with-1011: the client that commits loses its session', async () => {
    const run = await playAs('commit-in-voice-mode-closes-with-1011', [
      { speak: { ms: 600, silenceMs: 0 } },
      COMMIT,
      { listen: 'close' },
    ]);
    expect(errors(run.events())).toEqual([
      { type: 'server_error', code: 'InternalError', message: 'Internal service error: null' },
    ]);
    expect(run.record.connections[0]?.heard.close).toEqual({
      code: 1011,
      reason: 'Internal service error: null',
    });
    expect(missed(run)).toEqual(['expect[0]']);
  });
});

describe('samples and rates', () => {
  test('audio-is-counted-in-whole-samples: odd pieces are put together again, and no half sample survives a commit', async () => {
    const run = await play('audio-is-counted-in-whole-samples');
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    const name = 'audio-is-counted-in-whole-samples';
    const positions = async (drive: readonly DriveStep[]) => {
      const { events } = await playAs(name, [...drive, { listen: 'input_audio_buffer.speech_stopped' }]);
      return ['started', 'stopped'].map((which) => nth(events(), `input_audio_buffer.speech_${which}`));
    };
    const even = await positions(inPieces(second(16_000), 3200));
    const odd = await positions(inPieces(second(16_000), 3201));
    expect(odd).toEqual(even);
    // One lost piece of odd length, and every later sample is made of the wrong halves.
    const [first, , ...rest] = inPieces(second(16_000), 3201);
    const shifted = await positions([first as DriveStep, ...rest]);
    expect(shifted[1]).not.toEqual(even[1]);
    // A half sample in front of a commit is gone behind it.
    const cut = await playAs(name, [
      ...MANUAL,
      append(Buffer.alloc(3)),
      COMMIT,
      append(Buffer.alloc(1)),
      COMMIT,
      { listen: 'input_audio_buffer.committed', nth: 2 },
    ]);
    expect(errors(cut.events())).toEqual([]);
    expect(missed(cut)).toEqual(['expect[0]']);
  });

  test('audio-deltas-are-cut-inside-a-sample: 1, 0, 3 bytes and the rest, which add up to the answer', async () => {
    await assertCut('audio-deltas-are-cut-inside-a-sample', (whole) => [1, 0, 3, whole - 4], true);
  });

  test('audio-deltas-come-without-base64-padding: 1 byte and the rest, which add up to the answer', async () => {
    await assertCut('audio-deltas-come-without-base64-padding', (whole) => [1, whole - 1], false);
  });

  test('audio-in-at-16-khz-and-out-at-24-khz: a second is a second, and one at 24 kHz is a second and a half', async () => {
    const run = await play('audio-in-at-16-khz-and-out-at-24-khz');
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    const endMs = (events: readonly HeardEvent[]) =>
      Number(nth(events, 'input_audio_buffer.speech_stopped')['audio_end_ms']);
    expect(endMs(run.events())).toBeGreaterThan(900);
    expect(endMs(run.events())).toBeLessThan(1100);
    const wrong = await playAs('audio-in-at-16-khz-and-out-at-24-khz', [
      ...inPieces(second(24_000), 4800),
      { listen: 'input_audio_buffer.speech_stopped' },
    ]);
    expect(endMs(wrong.events())).toBeGreaterThan(1350);
    // The length of the answer by its words: at 24 kHz, and a third shorter or half as long again otherwise.
    const answer = run.events().slice(0, run.types().indexOf('response.done'));
    const spoken = synthesizeSpeech('This answer is as long as its bytes at 24 kHz say.', {
      sampleRateHz: 24_000,
    });
    expect(Buffer.concat(audioOf(answer)).length).toBe(2 * spoken.samples.length);
  });

  test('audio-answer-begins-with-a-wav-header: 44 bytes in front of the audio, in the answer they belong to', async () => {
    const run = await play('audio-answer-begins-with-a-wav-header');
    const answer = run.events().slice(0, run.types().indexOf('response.done'));
    const [header, ...rest] = audioOf(answer);
    expect(header?.length).toBe(44);
    expect(header?.toString('latin1')).toMatch(/^RIFF....WAVEfmt .{20}data/s);
    expect(header?.readUInt32LE(24)).toBe(24_000);
    const deltas = answer.filter(({ type }) => type === 'response.audio.delta');
    const [id] = new Set(deltas.map((delta) => JSON.stringify([delta['response_id'], delta['item_id']])));
    expect(JSON.stringify([deltas[0]?.['response_id'], deltas[0]?.['item_id']])).toBe(id);
    const spoken = synthesizeSpeech('The header is no sound.', { sampleRateHz: 24_000 });
    expect(Buffer.concat(rest).length).toBe(2 * spoken.samples.length);
    expect(fired(run)).toEqual([0]);
  });

  test('one-append-is-refused-as-invalid-base64: one error, and the turn is heard without it', async () => {
    const run = await play('one-append-is-refused-as-invalid-base64');
    expect(outline(run.types())).toEqual(['session.created', 'error', ...SPOKEN, ...ANSWERED, ...ASKED]);
    const refusal = {
      type: REFUSED,
      code: 'invalid_value',
      message: "Invalid value: 'audio' is not valid base64.",
      param: 'audio',
    };
    expect(errors(run.events())).toEqual([refusal]);
    expect(fired(run)).toEqual([0]);
    // What really is none gets the same answer.
    const wrong = await playAs('one-append-is-refused-as-invalid-base64', [
      ...['AAAA', 'AAAA', 'data:audio/pcm;base64,AAAA', '__--', 'AAA'].map((audio) => ({
        send: { type: 'input_audio_buffer.append', audio },
      })),
      { listen: 'error', nth: 3 },
    ]);
    expect(errors(wrong.events()).slice(0, 3)).toEqual([refusal, refusal, refusal]);
    expect(missed(wrong)).toEqual(['expect[0]']);
  });
});

describe('pace', () => {
  test('audio-is-read-at-twice-the-speed-of-speech: whoever waits for the answer gets one', async () => {
    const run = await play('audio-is-read-at-twice-the-speed-of-speech');
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    // 1.3 s of audio are some 57 kB on the wire: more than half a second at this pace.
    const times = (run.sessions[0]?.entries ?? [])
      .filter(({ kind }) => kind === 'client')
      .map(({ atMs }) => atMs);
    expect((times[12] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(300);
  });

  test('audio-is-read-at-twice-the-speed-of-speech: two turns in one go get one answer', async () => {
    const run = await playAs('audio-is-read-at-twice-the-speed-of-speech', [
      { speak: { ms: 400, silenceMs: 900 } },
      { speak: { ms: 400, silenceMs: 900 } },
      { listen: 'input_audio_buffer.speech_stopped', nth: 2 },
      { listen: 'response.done' },
    ]);
    const of = (type: string) => run.types().filter((seen) => seen === type).length;
    expect(of('input_audio_buffer.committed')).toBe(2);
    expect(of('response.done')).toBe(1);
  });

  test('server-stops-reading-for-a-second: then everything is heard, in its order', async () => {
    const begunMs = performance.now();
    const run = await play('server-stops-reading-for-a-second');
    expect(performance.now() - begunMs).toBeGreaterThan(950);
    expect(outline(run.types())).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    expect(fired(run)).toEqual([0]);
    expect(Buffer.concat(turnsSent(run)).length).toBe(2100 * 32);
  });

  test('server-reads-slower-than-a-microphone-sends: the audio takes longer than it lasts', async () => {
    const begunMs = performance.now();
    const run = await play('server-reads-slower-than-a-microphone-sends');
    expect(performance.now() - begunMs).toBeGreaterThan(1000);
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...SPOKEN,
      ...ANSWERED,
      ...ASKED,
    ]);
    expect(fired(run)).toEqual([0]);
    expect(Buffer.concat(turnsSent(run)).length).toBe(600 * 32);
  });

  test('connection-opens-only-after-700-ms: nothing before it, everything after it', async () => {
    const begunMs = performance.now();
    const run = await play('connection-opens-only-after-700-ms');
    expect(performance.now() - begunMs).toBeGreaterThan(690);
    expect(run.server.upgrades).toMatchObject([{ answer: 'accepted', status: 101, fault: 0 }]);
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...SPOKEN,
      ...ANSWERED,
      ...ASKED,
    ]);
  });

  test('end-of-speech-is-found-only-in-silence-that-is-sent: the turn waits for the microphone', async () => {
    const run = await play('end-of-speech-is-found-only-in-silence-that-is-sent');
    const [started, delta, ...rest] = SPOKEN;
    const meanwhile = 'conversation.item.created';
    expect(outline(run.types())).toEqual([
      'session.created',
      ...[started, delta, meanwhile, delta, ...rest],
      ...ANSWERED,
      ...ASKED,
    ]);
    const muted = await playAs('end-of-speech-is-found-only-in-silence-that-is-sent', [
      { speak: { ms: 800, silenceMs: 0 } },
      { send: { type: 'response.create' } },
      { listen: 'error' },
    ]);
    expect(outline(muted.types())).toEqual(['session.created', started, delta, 'error']);
    expect(errors(muted.events())).toMatchObject([
      { message: 'Cannot create response while user is speaking.' },
    ]);
  });
});

/** Plays a scenario that cuts every delta, and compares what came with what was meant. */
async function assertCut(
  name: string,
  cut: (wholeBytes: number) => number[],
  padded: boolean,
): Promise<void> {
  const run = await play(name);
  const meant = (run.sessions[0]?.entries ?? []).flatMap((entry) =>
    entry.kind === 'server' && entry.disposition === 'changed'
      ? [JSON.parse(entry.intended ?? '') as HeardEvent]
      : [],
  );
  const whole = audioOf(meant);
  const answer = run.events().slice(0, run.types().indexOf('response.done'));
  const came = answer.filter(({ type }) => type === 'response.audio.delta');
  expect(lengths(audioOf(came))).toEqual(lengths(whole).flatMap(cut));
  expect(Buffer.concat(audioOf(came)).equals(Buffer.concat(whole))).toBe(true);
  expect(new Set(came.map(({ event_id }) => event_id)).size).toBe(came.length);
  expect(came.some((delta) => String(delta['delta']).endsWith('='))).toBe(padded);
  expect(fired(run)).toEqual(whole.map(() => 0));
  expect(outline(run.types())).toEqual(['session.created', ...ASKED, ...ASKED]);
}
