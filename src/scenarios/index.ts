/** Scenarios: plain data that changes what a session does, and what it expects of the client. */
export type { DriveStep } from './drive-schema.js';
export { CLIENT_RULES, type ClientRule, type Expectation } from './expect-schema.js';
export {
  FAULT_KIND_NAMES,
  type Fault,
  type FaultAddress,
  faultKind,
  type OneShotFault,
  oneShotFaultSchema,
  type SessionCondition,
} from './fault-schema.js';
export type {
  FaultAction,
  FaultKind,
  Impairment,
  Release,
  StrikeContext,
  StrikePoint,
  UpgradeFault,
} from './fault-types.js';
export { pathKeys, readPath } from './faults/json-path.js';
export type { FaultKindName } from './faults/table.js';
export { fill } from './faults/template.js';
export { ABSENT, isSameValue, matchesFields, PRESENT } from './match-fields.js';
export { prepareScenario } from './prepare-scenario.js';
export { readLiveHold, readOneShotFault } from './read-scenario.js';
export type * from './scenario.js';
export { comesTrue } from './schema-parts.js';
export { type JsonSchema, showBlocks } from './shown-schema.js';
export { type StruckUpgrade, strikeUpgrade } from './upgrade-faults.js';
export type { VerbatimStep } from './verbatim-schema.js';
