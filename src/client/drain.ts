/**
 * Waiting until a slow server has taken what was sent. A socket has no event for it that every transport shares,
 * so this looks at the count now and then. Must always settle: drained, closed, or out of time.
 */
import { LIMITS, SoundstageError } from '../protocol/index.js';
import type { ClientClock } from './client-clock.js';
import type { ClientConnection } from './client-connection.js';
import { closedWhileWaiting } from './connection-errors.js';
import { deferred } from './deferred.js';

/**
 * Resolves when no more than `belowBytes` wait.
 *
 * @throws SoundstageError `E_CLOSED` when the connection goes first, `E_DRAIN_TIMEOUT` after `timeoutMs`
 */
export function waitForDrain(
  connection: ClientConnection,
  clock: ClientClock,
  belowBytes: number,
  timeoutMs: number,
): Promise<void> {
  const outcome = deferred<void>();
  const startedAtMs = clock.nowMs();
  let cancelTimer = (): void => {};
  const look = (): void => {
    if (connection.phase === 'closed') return;
    if (connection.bufferedBytes <= belowBytes) {
      outcome.resolve(undefined);
      return;
    }
    if (clock.nowMs() - startedAtMs >= timeoutMs) {
      outcome.reject(timedOut(connection, timeoutMs));
      return;
    }
    cancelTimer = clock.setTimer(LIMITS.clientDrainPollMs, look);
  };
  look();
  void connection.closed.then(({ code, reason }) => {
    cancelTimer();
    outcome.reject(closedWhileWaiting('An empty send buffer', code, reason));
  });
  return outcome.promise;
}

function timedOut(connection: ClientConnection, timeoutMs: number): SoundstageError {
  return new SoundstageError(
    'E_DRAIN_TIMEOUT',
    `The send buffer did not empty: ${connection.bufferedBytes} bytes still wait after ${timeoutMs} ms. Try close(): the server has stopped reading.`,
    { details: { bufferedBytes: connection.bufferedBytes, timeoutMs } },
  );
}
