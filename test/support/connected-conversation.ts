/**
 * Conversations of the reference client, ready to use: with the test itself as server, or with a small server on
 * a real socket.
 */
import {
  type ConversationOptions,
  countingEventIds,
  OmniRealtimeConversation,
} from '../../src/client/index.js';
import { SoundstageError } from '../../src/protocol/index.js';
import { fakeServer, greet, manualClock, SESSION_CREATED } from './client-fakes.js';
import {
  type HostileScript,
  type HostileServer,
  hostileServer,
  onClientEvent,
  say,
} from './hostile-server.js';

export const MODEL = 'qwen3-omni-flash-realtime';

/** A conversation whose server is the test, connected. */
export async function connected(options: Partial<ConversationOptions> = {}) {
  const clock = manualClock();
  const server = fakeServer(greet);
  const conversation = new OmniRealtimeConversation({
    model: MODEL,
    apiKey: 'sk-test',
    transport: server.transport,
    clock,
    eventIds: countingEventIds(),
    ...options,
  });
  await conversation.connect();
  return { conversation, server: server.connection, connections: server.connections, clock };
}

const servers: HostileServer[] = [];

/** Ends every server that `serve` and `conversationWith` have started; call it after each test. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A server on a real socket. */
export async function serve(script: HostileScript): Promise<HostileServer> {
  const server = await hostileServer(script);
  servers.push(server);
  return server;
}

/** A conversation with such a server, not yet connected. */
export async function conversationWith(script: HostileScript, options: Partial<ConversationOptions> = {}) {
  const server = await serve(script);
  return new OmniRealtimeConversation({ model: MODEL, url: server.url, apiKey: 'sk-test', ...options });
}

/** A server that greets and then does what it is told with each client event. */
export function greeting(
  answer: (event: Record<string, unknown>, respond: (...events: unknown[]) => void) => void,
): HostileScript {
  return {
    onConnection(socket) {
      say(socket, SESSION_CREATED);
      onClientEvent(socket, (event) => answer(event, (...events) => say(socket, ...events)));
    },
  };
}

/** The error a promise rejects with; fails if it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<SoundstageError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof SoundstageError) return outcome;
  throw new Error(`expected a SoundstageError, got ${String(outcome)}`);
}
