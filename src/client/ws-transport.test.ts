import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/client-fakes.js';
import { type HostileScript, type HostileServer, hostileServer } from '../../test/support/hostile-server.js';
import { createWsTransport } from './ws-transport.js';

const servers: HostileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A signal that can be awaited again and again. */
function signal() {
  let fire: () => void = () => {};
  return {
    fire: () => fire(),
    next: () =>
      new Promise<void>((resolve) => {
        fire = resolve;
      }),
  };
}

/** Connects with pings every 100 ms of a clock in the test's hand. */
async function pinging(script: HostileScript) {
  const server = await hostileServer(script);
  servers.push(server);
  const clock = manualClock();
  const events: string[] = [];
  const [text, close] = [signal(), signal()];
  const closed = close.next();
  await new Promise<void>((resolve) => {
    createWsTransport({ pingIntervalMs: 100, clock })(
      { url: server.url, headers: {}, protocols: [] },
      {
        onOpen: resolve,
        onText: () => text.fire(),
        onBinary: () => {},
        onRefused: () => {},
        onError: (error) => void events.push(error.message),
        onClose(code) {
          events.push(`close ${code}`);
          close.fire();
        },
      },
    );
  });
  return { clock, events, text, closed };
}

describe('createWsTransport', () => {
  test('a server that gives no sign of life is given up after two pings', async () => {
    const ping = signal();
    const { clock, events, closed } = await pinging({
      onConnection(_socket, raw) {
        raw.removeAllListeners('data');
        raw.on('data', ping.fire);
      },
    });
    for (let count = 0; count < 2; count += 1) {
      const seen = ping.next();
      clock.advance(100);
      await seen;
    }
    expect(events).toEqual([]);
    clock.advance(100);
    await closed;
    expect(events).toEqual(['the server gave no sign of life for 200 ms', 'close 1006']);
    expect(clock.timerCount).toBe(0);
  });

  test('a server that talks is not, even if it answers no ping', async () => {
    const { clock, events, text } = await pinging({
      onConnection(socket, raw) {
        raw.removeAllListeners('data');
        raw.on('data', () => socket.send('alive'));
      },
    });
    for (let count = 0; count < 5; count += 1) {
      const answer = text.next();
      clock.advance(100);
      await answer;
    }
    expect(events).toEqual([]);
  });
});
