/**
 * The bounds a transport keeps, each of which a server option may replace.
 * Must never hold a number of its own: the defaults are rows of LIMITS.
 */
import { LIMITS } from '../../protocol/limits.js';

type TransportLimitName =
  | 'frameBytes'
  | 'connections'
  | 'writeHighWaterBytes'
  | 'writeLowWaterBytes'
  | 'writeBufferBytes'
  | 'upgradeTimeoutMs'
  | 'closeTimeoutMs'
  | 'impairedConnectionMs';

/** Bounds of a transport; meanings and units as in `LIMITS`. */
export type TransportLimits = { readonly [Name in TransportLimitName]: number };

/** The defaults with `overrides` in their place. */
export function transportLimits(overrides: Partial<TransportLimits> = {}): TransportLimits {
  const { frameBytes, connections, upgradeTimeoutMs, closeTimeoutMs, impairedConnectionMs } = LIMITS;
  const { writeHighWaterBytes, writeLowWaterBytes, writeBufferBytes } = LIMITS;
  return {
    frameBytes,
    connections,
    upgradeTimeoutMs,
    closeTimeoutMs,
    impairedConnectionMs,
    writeHighWaterBytes,
    writeLowWaterBytes,
    writeBufferBytes,
    ...overrides,
  };
}
