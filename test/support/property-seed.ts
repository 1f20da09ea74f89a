/**
 * The seed of every property test: fixed unless the environment says otherwise, so that a red run can be
 * repeated. Must never be drawn from ambient randomness.
 */
export const PROPERTY_SEED = Number(process.env['SOUNDSTAGE_PROPERTY_SEED'] ?? 20261122);
