/**
 * Audio is counted in whole samples, whatever the cut.
 */
import { describe, expect, test } from 'vitest';
import { SessionDriver } from '../../../test/support/session-driver.js';

/** Appends bytes in packets of the given sizes; the last packet takes the rest. */
function append(session: SessionDriver, bytes: Uint8Array, ...sizes: number[]): void {
  let from = 0;
  for (const size of [...sizes, bytes.length - sizes.reduce((sum, next) => sum + next, 0)]) {
    const audio = Buffer.from(bytes.subarray(from, from + size)).toString('base64');
    session.send({ type: 'input_audio_buffer.append', audio });
    from += size;
  }
}

const counted = ({ state: { input } }: SessionDriver) => [input.sizeBytes, input.samples, input.totalSamples];

describe.each([
  ['one channel', {}, 2],
  ['two channels', { audio: { input: { format: { type: 'pcm', sample_rate: 16_000, channels: 2 } } } }, 4],
  ['four channels', { audio: { input: { format: { type: 'pcm', sample_rate: 16_000, channels: 4 } } } }, 8],
])('%s', (_name, update, frameBytes) => {
  const open = () => {
    const session = new SessionDriver({ model: 'qwen3.8-omni-flash-realtime' });
    session.send({ type: 'session.update', session: update });
    expect(session.events.at(-1)?.type).toBe('session.updated');
    return session;
  };

  test.each([[[]], [[1]], [[1, 1, 1]], [[3, 6]], [[frameBytes - 1, 2]]])('cut at %j', (sizes) => {
    const session = open();
    append(session, new Uint8Array(10 * frameBytes + 1), ...sizes);
    expect(counted(session)).toEqual([10 * frameBytes + 1, 10, 10]);
  });

  test('what a clear throws away starts no sample of the next buffer', () => {
    const session = open();
    append(session, new Uint8Array(frameBytes + 1));
    session.send({ type: 'input_audio_buffer.clear' });
    append(session, new Uint8Array(frameBytes));
    expect(counted(session)).toEqual([frameBytes, 1, 2]);
  });
});
