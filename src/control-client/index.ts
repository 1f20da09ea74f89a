/** A client of the control API (`soundstage/control`), for Node and browsers: its public surface and nothing else. */
export type {
  ClockJson as ControlClock,
  Counts,
  Happened,
  Health,
  Held,
  HoldJson as ControlHold,
  LogEntryJson as ControlLogEntry,
  Released,
  ScenarioListing,
  SeenMessageJson as ControlMessage,
  SessionDetails,
  SessionJson as ControlSession,
  UpgradeJson as ControlUpgrade,
} from '../mock-server/control/answer-schemas.js';
export {
  type ControlClient,
  createControlClient,
  type LogOptions,
  type WaitOptions,
} from './control-client.js';
export type { ControlClientOptions } from './http-exchange.js';
