/**
 * What one rule of `session.update` is made of, and the draft that rules write to. A rule may change the draft
 * only; it must never touch the settings in force.
 */

import { type JsonObject, valueAt } from './json-object.js';
import type { ModelFamily } from './model-family.js';
import type { Quirks } from './quirk-table.js';
import type { Refusal } from './refusals.js';
import { refuse } from './refusals.js';
import type { ExplicitSettings, SessionSettings } from './session-settings.js';

/** The state of the session that decides what may still change. */
export interface UpdateContext {
  /** Audio has been appended: formats are frozen. */
  readonly inputStarted: boolean;
  /** A response has sent audio: the voice is frozen. */
  readonly audioProduced: boolean;
  readonly responseActive: boolean;
  readonly quirks: Quirks;
}

/** The settings that will be in force if no rule refuses. */
export type Draft = { -readonly [Key in keyof SessionSettings]: SessionSettings[Key] };

/** Everything a rule may look at. Rules run in order, so `draft` holds what earlier rules wrote. */
export interface Scope {
  readonly update: JsonObject;
  readonly settings: SessionSettings;
  readonly family: ModelFamily;
  readonly context: UpdateContext;
  readonly draft: Draft;
}

/** What a check makes of one value. */
export type Checked<Value> =
  | { readonly kind: 'accept'; readonly value: Value }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** Judges the value at a path (under `session`). */
export type Check<Value> = (value: unknown, scope: Scope, path: string) => Checked<Value>;

/** One row of section 7. */
export interface UpdateRule {
  /** Under `session`, dotted. */
  readonly path: string;
  /** Looks at the update, writes to the draft, or refuses. */
  readonly run: (scope: Scope) => Refusal | undefined;
}

interface RuleParts<Value> {
  /** Where the rule does not apply the value is ignored silently, valid or not. */
  readonly applies?: (scope: Scope) => boolean;
  readonly check: Check<Value>;
  /** Runs on the checked value: a reason why it may not change any more. */
  readonly frozen?: (value: Value, scope: Scope) => Refusal | undefined;
  readonly apply?: (value: Value, scope: Scope) => void;
  /** Runs whether or not the key was sent, after `apply`: what must hold of the result. */
  readonly afterwards?: (scope: Scope) => Refusal | undefined;
}

/** Builds a rule from its parts. */
export function rule<Value>(path: string, parts: RuleParts<Value>): UpdateRule {
  const keys = path.split('.');
  const run = (scope: Scope): Refusal | undefined => {
    if (parts.applies !== undefined && !parts.applies(scope)) return undefined;
    const value = valueAt(scope.update, keys);
    const refusal = value === undefined ? undefined : runOnValue(parts, path, value, scope);
    return refusal ?? parts.afterwards?.(scope);
  };
  return { path, run };
}

function runOnValue<Value>(
  parts: RuleParts<Value>,
  path: string,
  value: unknown,
  scope: Scope,
): Refusal | undefined {
  const checked = parts.check(value, scope, path);
  if (checked.kind === 'refuse') return checked.refusal;
  if (checked.kind === 'ignore') return undefined;
  const refusal = parts.frozen?.(checked.value, scope);
  if (refusal !== undefined) return refusal;
  parts.apply?.(checked.value, scope);
  return undefined;
}

/** Records what the client has set by itself. */
export function setExplicit(draft: Draft, changes: Partial<ExplicitSettings>): void {
  draft.explicit = { ...draft.explicit, ...changes };
}

/** Whether an audio format may still change, unless this refusal says no (ERR31). */
export function formatFrozen(param: string, what = 'Audio format'): Refusal {
  return refuse('format-frozen', { param: `session.${param}`, what });
}
