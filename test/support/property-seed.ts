/**
 * The seed of every property test: fixed unless the environment says otherwise, so that a red run can be
 * repeated. Must never be drawn from ambient randomness.
 */
export const PROPERTY_SEED = Number(process.env['SOUNDSTAGE_PROPERTY_SEED'] ?? 20261122);

/** Runs of each property; more of them search further and take longer. */
export const PROPERTY_RUNS = Number(process.env['SOUNDSTAGE_PROPERTY_RUNS'] ?? 200);

console.info(
  `property tests: SOUNDSTAGE_PROPERTY_SEED=${PROPERTY_SEED} SOUNDSTAGE_PROPERTY_RUNS=${PROPERTY_RUNS}`,
);
