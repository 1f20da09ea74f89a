/**
 * Rules of `session.update` for the seven sampling parameters (section 7). TURBO ignores them all, valid or
 * not. It must never hold a default: those are the family's.
 */
import type { SamplingDefaults } from './model-family.js';
import type { Check, Scope, UpdateRule } from './update-rule.js';
import { rule, setExplicit } from './update-rule.js';
import { type NumberRange, nullable, numberIn } from './value-checks.js';

/** Where a number goes that must be above zero, when the quirk `outOfRange` is `clamp`. */
const JUST_ABOVE_ZERO = 0.01;

const TEMPERATURE: NumberRange = {
  kind: 'number',
  minimum: 0,
  maximum: 2,
  exclusiveMaximum: true,
  clampMaximum: 1.99,
  text: '[0, 2)',
};
const TOP_P: NumberRange = {
  kind: 'number',
  minimum: 0,
  maximum: 1,
  exclusiveMinimum: true,
  clampMinimum: JUST_ABOVE_ZERO,
  text: '(0, 1.0]',
};
const TOP_K: NumberRange = {
  kind: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  text: '[0, +inf)',
};
const PRESENCE_PENALTY: NumberRange = { kind: 'number', minimum: -2, maximum: 2, text: '[-2.0, 2.0]' };
/** -1 means that no seed is set. */
const SEED: NumberRange = { kind: 'integer', minimum: -1, maximum: 2_147_483_647, text: '[0, 2147483647]' };
const REPETITION_PENALTY: NumberRange = {
  kind: 'number',
  minimum: 0,
  maximum: Number.MAX_VALUE,
  exclusiveMinimum: true,
  clampMinimum: JUST_ABOVE_ZERO,
  text: '(0, +inf)',
};
/** A family whose default is 0 takes 0. */
const REPETITION_PENALTY_WITH_ZERO: NumberRange = {
  kind: 'number',
  minimum: 0,
  maximum: Number.MAX_VALUE,
  text: '[0, +inf)',
};

const repetitionPenalty = ({ family }: Scope) =>
  family.defaults.sampling.repetition_penalty === 0 ? REPETITION_PENALTY_WITH_ZERO : REPETITION_PENALTY;

const maxTokens = ({ family }: Scope): NumberRange => ({
  kind: 'integer',
  minimum: 1,
  maximum: family.limits.maxOutputTokens,
  text: `[1, ${family.limits.maxOutputTokens}]`,
});

function parameter(key: keyof SamplingDefaults, check: Check<number | null>): UpdateRule {
  return rule(key, {
    applies: ({ family }) => family.capabilities.sampling,
    check,
    apply: (value, { draft }) => {
      draft.sampling = { ...draft.sampling, [key]: value };
      setExplicit(draft, { sampling: { ...draft.explicit.sampling, [key]: value } });
    },
  });
}

/** In the order of section 7. */
export const SAMPLING_RULES: readonly UpdateRule[] = [
  parameter(
    'temperature',
    numberIn(() => TEMPERATURE),
  ),
  parameter(
    'top_p',
    numberIn(() => TOP_P),
  ),
  parameter('top_k', nullable(numberIn(() => TOP_K))),
  parameter('max_tokens', numberIn(maxTokens)),
  parameter('repetition_penalty', numberIn(repetitionPenalty)),
  parameter(
    'presence_penalty',
    numberIn(() => PRESENCE_PENALTY),
  ),
  parameter(
    'seed',
    numberIn(() => SEED),
  ),
];
