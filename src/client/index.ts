/**
 * The reference client (`soundstage/client`): its public surface and nothing else.
 */

export type {
  ClientSocket,
  ClientSocketFactory,
  ClientSocketHandlers,
  ClientSocketRequest,
} from '../protocol/index.js';
export type { AudioDelta } from './audio-deltas.js';
export type { ClientClock } from './client-clock.js';
export type { ConnectionPhase } from './client-connection.js';
export { OmniRealtimeConversation } from './conversation.js';
export type {
  AudioInput,
  ConversationEventArguments,
  ConversationEventName,
  ConversationOptions,
  CreateResponseOptions,
  LocalEvents,
  OmniRealtimeCallback,
  TextDelta,
} from './conversation-options.js';
export { countingEventIds, type EventIdSource, randomEventIds } from './event-ids.js';
export { realClock } from './real-clock.js';
export { DEFAULT_URLS, realtimeUrl } from './realtime-url.js';
export type { UpdateSessionOptions } from './update-session.js';
export { AudioFormat, MultiModality, type TurnDetectionType } from './update-values.js';
export { createWsTransport, type WsTransportOptions } from './ws-transport.js';
