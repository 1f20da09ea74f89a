/**
 * A server in the hand of a test and a clock that only the test moves, for the reference client. Nothing here
 * waits for real time.
 */
import type {
  ClientClock,
  ClientSocketFactory,
  ClientSocketHandlers,
  ClientSocketRequest,
} from '../../src/client/index.js';

/** A clock that stands still until `advance`. */
export interface ManualClock extends ClientClock {
  /** Moves time and runs what became due, in order. */
  advance(durationMs: number): void;
  readonly timerCount: number;
}

export function manualClock(): ManualClock {
  let timeMs = 0;
  const timers = new Set<{ dueMs: number; action: () => void }>();
  return {
    nowMs: () => timeMs,
    setTimer(delayMs, action) {
      const timer = { dueMs: timeMs + delayMs, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(durationMs) {
      const endMs = timeMs + durationMs;
      for (;;) {
        const due = [...timers].filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers.delete(due);
        timeMs = Math.max(timeMs, due.dueMs);
        due.action();
      }
      timeMs = endMs;
    },
    get timerCount() {
      return timers.size;
    },
  };
}

/** One connection as the test plays it. */
export interface FakeConnection {
  readonly request: ClientSocketRequest;
  readonly handlers: ClientSocketHandlers;
  /** What the client sent, parsed. */
  readonly sent: Record<string, unknown>[];
  readonly closes: (readonly [number | undefined, string | undefined])[];
  isTerminated: boolean;
  bufferedBytes: number;
  /** The server sends an event. */
  says(event: unknown): void;
}

/** A transport whose other end is the test. */
export interface FakeServer {
  readonly transport: ClientSocketFactory;
  readonly connections: FakeConnection[];
  /** The latest connection. */
  readonly connection: FakeConnection;
}

/**
 * @param onConnect runs while the transport is being made, before the client has the socket
 * @param onSend runs inside the client's `send`
 */
export function fakeServer(
  onConnect: (connection: FakeConnection) => void = () => {},
  onSend: (connection: FakeConnection, event: Record<string, unknown>) => void = () => {},
): FakeServer {
  const connections: FakeConnection[] = [];
  const transport: ClientSocketFactory = (request, handlers) => {
    const connection: FakeConnection = {
      request,
      handlers,
      sent: [],
      closes: [],
      isTerminated: false,
      bufferedBytes: 0,
      says: (event) => handlers.onText(typeof event === 'string' ? event : JSON.stringify(event)),
    };
    connections.push(connection);
    onConnect(connection);
    return {
      send(text) {
        const event = JSON.parse(text) as Record<string, unknown>;
        connection.sent.push(event);
        onSend(connection, event);
      },
      close: (code, reason) => connection.closes.push([code, reason]),
      terminate() {
        connection.isTerminated = true;
      },
      get bufferedBytes() {
        return connection.bufferedBytes;
      },
    };
  };
  return {
    transport,
    connections,
    get connection() {
      const latest = connections.at(-1);
      if (latest === undefined) throw new Error('the client has not connected');
      return latest;
    },
  };
}

/** The first event of every session. */
export const SESSION_CREATED = {
  event_id: 'event_1',
  type: 'session.created',
  session: { object: 'realtime.session', model: 'qwen3-omni-flash-realtime', id: 'sess_1' },
};

/** Opens the connection and greets, as the service does. */
export function greet(connection: FakeConnection): void {
  connection.handlers.onOpen();
  connection.says(SESSION_CREATED);
}
