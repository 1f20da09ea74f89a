/** A scenario as JSON, for people and programs that read it. Must never show a voice: it would be megabytes. */
import type { Scenario } from '../../scenarios/index.js';

/** The scenario as it was written, voices as their length, what JSON has no word for as one. */
export function showScenario(scenario: Scenario): Record<string, unknown> {
  return show(scenario) as Record<string, unknown>;
}

function show(value: unknown): unknown {
  if (value instanceof Int16Array) return { samples: value.length };
  if (value instanceof Uint8Array) return { sizeBytes: value.length };
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(show);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, show(inner)]));
}
