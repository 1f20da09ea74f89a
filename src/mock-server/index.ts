/** The mock server. */

export type { ClientSocketFactory } from '../protocol/index.js';
export type { ApiKeyConfig } from './handshake-key.js';
export { createMockServer, type MockServer, type UrlChoice } from './mock-server.js';
export { type RecordSessionOptions, recordSession } from './record-session.js';
export type { RecordingChoice, RecordingOption } from './recording-choice.js';
export type { MockServerOptions } from './server-options.js';
export type { ServerSession, SessionClose, SessionHold } from './server-session.js';
export type { ReplayLeftovers, ReplayMismatch, SessionReplay } from './session/index.js';
export { REPLAY_MISMATCH_CODE } from './session/index.js';
export type { MessageMatch, SeenMessage, WaitOptions } from './session-waits.js';
export type { TlsOption } from './tls.js';
export type { CloseCause } from './transport/connection.js';
export type { UpgradeRecord } from './upgrade-record.js';
export { realWallClock, type WallClock } from './wall-clock.js';
