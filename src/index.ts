/** soundstage: a deterministic, offline stand-in for the Qwen-Omni-Realtime WebSocket service. */
export * from './mock-server/index.js';
export { SoundstageError } from './protocol/index.js';
export { libraryNames, libraryScenario, loadScenario, loadScenarioText } from './scenarios/files/index.js';
export type * from './scenarios/index.js';
export type * from './session-log/index.js';
