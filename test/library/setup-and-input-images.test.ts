/**
 * The scenarios of images from the client, of its packets that are too large, and of the end of a session, played over a
 * real socket: what a client sees, and what one runs into that is not ready for it.
 */
import { describe, expect, test } from 'vitest';
import { libraryScenario } from '../../src/scenarios/files/index.js';
import type { DriveStep } from '../../src/scenarios/index.js';
import {
  ANSWERED,
  ASKED,
  COMMITTED,
  errors,
  fired,
  lengths,
  missed,
  outline,
  play,
  playAs,
  SPOKEN,
  sent,
  turnsSent,
} from './setup-and-input-checks.js';

const REFUSED = 'invalid_request_error';
const NO_AUDIO = { type: REFUSED, message: 'Error append image before append audio.' };
const MANUAL: readonly DriveStep[] = [
  { send: { type: 'session.update', session: { turn_detection: null } } },
  { listen: 'session.updated' },
];
const append = (bytes: Uint8Array): DriveStep => ({
  send: { type: 'input_audio_buffer.append', audio: Buffer.from(bytes).toString('base64') },
});
const COMMIT: DriveStep = { send: { type: 'input_audio_buffer.commit' } };
/** The image that the scenarios send. */
const IMAGE = libraryScenario('images-are-throttled').drive?.find(
  (step) => 'send' in step && step.send['type'] === 'input_image_buffer.append',
) as DriveStep;

describe('images', () => {
  test('image-before-audio-is-refused: behind audio each is taken, in front of it none is', async () => {
    const run = await play('image-before-audio-is-refused');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...COMMITTED,
      ...COMMITTED,
      ...ANSWERED,
      ...ASKED,
    ]);
    const wrong = await playAs('image-before-audio-is-refused', [
      ...[...MANUAL, IMAGE, append(Buffer.alloc(3200)), IMAGE, COMMIT, IMAGE],
      { listen: 'error', nth: 2 },
    ]);
    expect(wrong.types()).toEqual(['session.created', 'session.updated', 'error', ...COMMITTED, 'error']);
    expect(errors(wrong.events())).toEqual([NO_AUDIO, NO_AUDIO]);
    expect(missed(wrong)).toEqual(['expect[0]']);
  });

  const DROPPED = [
    ['image-is-refused-as-if-the-turn-had-just-ended', NO_AUDIO],
    [
      'image-is-too-large-for-the-server',
      {
        type: REFUSED,
        code: 'invalid_value',
        message: 'Image size exceeds the limit of 262144 bytes after base64 encoding.',
        param: 'image',
      },
    ],
    [
      'images-are-throttled',
      {
        type: REFUSED,
        code: 'Throttling.RateQuota',
        message: 'Requests rate limit exceeded, please try again later.',
      },
    ],
  ] as const;
  for (const [name, refusal] of DROPPED) {
    test(`${name}: one image is lost, the turn is not`, async () => {
      const run = await play(name);
      expect(outline(run.types())).toEqual([
        'session.created',
        'session.updated',
        'error',
        ...COMMITTED,
        ...ANSWERED,
        ...ASKED,
      ]);
      expect(errors(run.events())).toEqual([refusal]);
      expect(fired(run)).toEqual([0]);
    });
  }

  test('audio-packet-closes-the-connection-with-1009: the code and the reason, and a new connection that works', async () => {
    const run = await play('audio-packet-closes-the-connection-with-1009');
    expect(run.types(1)).toEqual(['session.created']);
    expect(run.record.connections[0]?.heard.close).toEqual({ code: 1009, reason: 'Message too big.' });
    expect(outline(run.types(2))).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    expect([fired(run, 1), fired(run, 2)]).toEqual([[0], []]);
  });

  test('image-resets-the-connection: no close frame, and a new connection that works', async () => {
    const run = await play('image-resets-the-connection');
    expect(run.record.connections[0]?.heard.close).toEqual({ code: 1006, reason: '' });
    expect(run.types(1)).not.toContain('input_audio_buffer.committed');
    expect(outline(run.types(2))).toEqual(['session.created', ...SPOKEN, ...ANSWERED, ...ASKED]);
    expect([fired(run, 1), fired(run, 2)]).toEqual([[0], []]);
  });
});

describe('ends and beginnings', () => {
  test('session-finished-and-the-socket-stays-open: what comes later is ignored without a word', async () => {
    const run = await play('session-finished-and-the-socket-stays-open');
    expect(outline(run.types(1))).toEqual(['session.created', ...SPOKEN, ...ANSWERED, 'session.finished']);
    expect(sent(run, 1).at(-1)?.type).toBe('session.finish');
    expect(run.sessions[0]?.close).toMatchObject({ by: 'client', code: 1000 });
    const late = await playAs('session-finished-and-the-socket-stays-open', [
      { send: { type: 'session.finish' } },
      { listen: 'session.finished' },
      { speak: { ms: 600 } },
      { ask: 'Hello?' },
      { act: 'close' },
    ]);
    expect(late.types()).toEqual(['session.created', 'session.finished']);
    expect(sent(late).filter(({ type }) => type === 'input_audio_buffer.append')).toHaveLength(21);
    expect(missed(late)).toEqual(['expect[0]']);
  });

  test('socket-closes-right-behind-session-finished: the server hangs up first', async () => {
    const run = await play('socket-closes-right-behind-session-finished');
    expect(outline(run.types(1))).toEqual(['session.created', ...SPOKEN, ...ANSWERED, 'session.finished']);
    expect(run.record.connections[0]?.heard.close).toEqual({ code: 1000, reason: '' });
    expect(run.sessions[0]?.close).toMatchObject({ by: 'server', code: 1000 });
    const late = await playAs('socket-closes-right-behind-session-finished', [
      { send: { type: 'session.finish' } },
      { listen: 'close' },
      { speak: { ms: 600 } },
    ]);
    expect(late.record.steps.at(-1)).toMatchObject({ outcome: 'not-connected' });
  });

  test('buffer-begins-anew-after-commit-and-clear: the same words are the same bytes, three times', async () => {
    const run = await play('buffer-begins-anew-after-commit-and-clear');
    expect(outline(run.types())).toEqual([
      'session.created',
      'session.updated',
      ...COMMITTED,
      'input_audio_buffer.cleared',
      ...COMMITTED,
      ...ANSWERED,
      ...ASKED,
    ]);
    const turns = turnsSent(run);
    expect(lengths(turns)).toEqual([12_800, 12_800, 12_800]);
    expect(turns.map((turn) => turn.equals(turns[0] as Buffer))).toEqual([true, true, true]);
  });
});
