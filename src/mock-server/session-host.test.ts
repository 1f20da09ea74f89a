/** Who gets which session, where the server's own interface does not reach: waits that have been given up. */
import { expect, test } from 'vitest';
import { HandWoundClock } from '../../test/support/hand-wound-clock.js';
import { Talk } from '../../test/support/talk.js';
import { SessionHost } from './session-host.js';
import { createMemoryTransport } from './transport/memory-transport.js';

test('a wait that was given up before it began ends at once, and takes no session from anybody', async () => {
  const clock = new HandWoundClock();
  const host = new SessionHost({ wallClock: clock });
  const left = AbortSignal.abort();
  expect(await host.nextSession(60_000, left)).toBeUndefined();
  expect(clock.waitingMs).toEqual([]);

  const memory = createMemoryTransport({ accept: (request) => host.accept(request) });
  const talk = new Talk('ws://memory/api-ws/v1/realtime', {
    transport: (request, handlers) => memory.connect(request, handlers),
  });
  await talk.conversation.connect();
  expect(await host.nextSession(60_000, left)).toBeUndefined();
  expect((await host.nextSession(60_000))?.id).toBe(talk.conversation.sessionId);
  await memory.close();
});
