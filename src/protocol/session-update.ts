/**
 * `session.update`: the rows of section 7 from top to bottom, first failure wins, nothing changes on refusal.
 * Pure; it must never throw, whatever JSON it is given.
 */
import { AUDIO_RULES } from './audio-rules.js';
import { MODALITIES_RULE, SEARCH_RULES, STYLE_RULES, TOOL_RULES, VIDEO_RULES } from './content-rules.js';
import { MODEL_FAMILIES } from './families.js';
import { isJsonObject } from './json-object.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';
import { SAMPLING_RULES } from './sampling-rules.js';
import type { SessionSettings } from './session-settings.js';
import { TURN_DETECTION_RULES } from './turn-detection-rules.js';
import type { Scope, UpdateContext, UpdateRule } from './update-rule.js';

/** The rules in the order in which they are checked (sections 7 and 11.1). */
const UPDATE_RULES: readonly UpdateRule[] = [
  MODALITIES_RULE,
  ...AUDIO_RULES,
  ...STYLE_RULES,
  ...TURN_DETECTION_RULES,
  ...SAMPLING_RULES,
  ...SEARCH_RULES,
  ...TOOL_RULES,
  ...VIDEO_RULES,
];

/** The settings after an update, or why there are none. */
export type SessionUpdateResult =
  | { readonly ok: true; readonly settings: SessionSettings }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Applies a partial update. Keys that are missing keep their values, unknown keys are ignored, and only own
 * keys count.
 *
 * @param update the `session` of the client's event, unchecked; undefined and null mean that it was missing
 * @param context what may still change, and the switches in force
 */
export function applySessionUpdate(
  settings: SessionSettings,
  update: unknown,
  context: UpdateContext,
): SessionUpdateResult {
  const family = MODEL_FAMILIES[settings.family];
  if (update === undefined || update === null) {
    return family.capabilities.sessionRequired
      ? { ok: false, refusal: refuse('missing-parameter', { name: 'session' }) }
      : { ok: true, settings };
  }
  if (!isJsonObject(update)) {
    return { ok: false, refusal: refuse('wrong-type', { name: 'session', expected: 'object' }) };
  }
  const scope: Scope = { update, settings, family, context, draft: { ...settings } };
  for (const { run } of UPDATE_RULES) {
    const refusal = run(scope);
    if (refusal !== undefined) return { ok: false, refusal };
  }
  return { ok: true, settings: scope.draft };
}
