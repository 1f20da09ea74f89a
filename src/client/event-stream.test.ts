import { describe, expect, test } from 'vitest';
import { EventStream } from './event-stream.js';

const LIMITS_OF_TEST = { events: 1_000, chars: 100 };

describe('EventStream', () => {
  test('readers who wait are served in order', async () => {
    const stream = new EventStream<number>(LIMITS_OF_TEST, () => {});
    const reads = [stream.next(), stream.next(), stream.next()];
    stream.push(1, 1);
    stream.push(2, 1);
    stream.end();
    stream.push(3, 1);
    expect(await Promise.all(reads)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: undefined, done: true },
    ]);
  });

  test('counts characters too, and gives them back as they are read', async () => {
    const stream = new EventStream<number>(LIMITS_OF_TEST, () => {});
    for (let value = 0; value < 500; value += 1) {
      stream.push(value, 60);
      expect(await stream.next()).toEqual({ value, done: false });
    }
    stream.push(1, 60);
    stream.push(2, 60);
    expect(await stream.next()).toEqual({ value: 1, done: false });
    await expect(stream.next()).rejects.toMatchObject({
      code: 'E_EVENT_QUEUE_FULL',
      details: { queuedChars: 120 },
    });
  });

  test('a reader that leaves the loop is forgotten', async () => {
    const left: unknown[] = [];
    const stream = new EventStream<number>(LIMITS_OF_TEST, (ended) => left.push(ended));
    stream.push(1, 1);
    stream.push(2, 1);
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect(left).toEqual([stream]);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });
});
