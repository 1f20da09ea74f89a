/**
 * Rules of `session.update` for voice activity detection (section 7). A partial object keeps the other fields;
 * an object sent in manual mode starts from the family's defaults. Only null switches detection off.
 */
import type { TurnDetection } from './session-settings.js';
import { defaultTurnDetection } from './session-settings.js';
import type { Check, Scope, UpdateRule } from './update-rule.js';
import { rule } from './update-rule.js';
import { booleanValue, type NumberRange, nullable, numberIn, objectValue, oneOf } from './value-checks.js';

const SERVER_VAD = ['server_vad'] as const;
const BOTH_TYPES = ['server_vad', 'semantic_vad'] as const;

const THRESHOLD: NumberRange = { kind: 'number', minimum: -1, maximum: 1, text: '[-1.0, 1.0]' };
const SILENCE: NumberRange = { kind: 'integer', minimum: 200, maximum: 6_000, text: '[200, 6000]' };
/** No upper bound is documented; beyond this, milliseconds would not be exact integers. */
const PADDING: NumberRange = {
  kind: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  text: '[0, +inf)',
};
const IDLE: NumberRange = { kind: 'integer', minimum: 5_000, maximum: 30_000, text: '[5000, 30000]' };

type NumberOrBooleanKey = Exclude<keyof TurnDetection, 'type'>;

/** A field that only has to be stored. */
function field<Value extends number | boolean>(
  key: NumberOrBooleanKey,
  check: Check<Value>,
  applies?: (scope: Scope) => boolean,
): UpdateRule {
  return rule(`turn_detection.${key}`, {
    ...(applies === undefined ? {} : { applies }),
    check,
    apply: (value, { draft }) => {
      if (draft.turnDetection !== null) draft.turnDetection = { ...draft.turnDetection, [key]: value };
    },
  });
}

/** In the order of section 7. */
export const TURN_DETECTION_RULES: readonly UpdateRule[] = [
  rule('turn_detection', {
    check: nullable(objectValue),
    apply: (value, { draft, family }) => {
      draft.turnDetection =
        value === null ? null : (draft.turnDetection ?? defaultTurnDetection(family.defaults));
    },
  }),
  rule<TurnDetection['type']>('turn_detection.type', {
    check: oneOf(({ family }) => (family.capabilities.semanticVad ? BOTH_TYPES : SERVER_VAD)),
    apply: (type, { draft }) => {
      if (draft.turnDetection === null) return;
      // `idle_timeout_ms` exists with `server_vad` only.
      const { idle_timeout_ms, ...kept } = draft.turnDetection;
      const keepsIdle = type === 'server_vad' && idle_timeout_ms !== undefined;
      draft.turnDetection = keepsIdle ? { ...kept, type, idle_timeout_ms } : { ...kept, type };
    },
  }),
  field(
    'threshold',
    numberIn(() => THRESHOLD),
  ),
  field(
    'silence_duration_ms',
    numberIn(() => SILENCE),
  ),
  field(
    'prefix_padding_ms',
    numberIn(() => PADDING),
  ),
  field('create_response', booleanValue),
  field('interrupt_response', booleanValue),
  field(
    'idle_timeout_ms',
    numberIn(() => IDLE),
    ({ family, draft }) => family.capabilities.idleTimeout && draft.turnDetection?.type === 'server_vad',
  ),
];
