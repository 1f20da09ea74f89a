/** What became of upgrade requests, for tests and for the control API. Holds types only. */
import type { SessionReplay } from './session/index.js';

/** One upgrade request that was decided. */
export interface UpgradeRecord {
  /** The scenario's name, or null for the server's default behaviour. */
  readonly scenario: string | null;
  /** The connection's name, if the client gave one. */
  readonly name: string | null;
  /** Which connection of that scenario and name it is, from 1; 0 where the handshake failed and none was counted. */
  readonly connection: number;
  /** The request target as sent. */
  readonly target: string;
  readonly answer: 'accepted' | 'refused' | 'dropped';
  /** The HTTP status of the answer; absent where there was none. */
  readonly status?: number;
  /** The upgrade fault that decided, by its place in the scenario's list. */
  readonly fault?: number;
  /** Where the recording is a refusal: whether this request did what was recorded. */
  readonly replay?: SessionReplay;
}
