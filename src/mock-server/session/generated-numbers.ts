/**
 * A number that a JSON Schema allows: within its bounds, a multiple of its step, and small.
 * Must stay free of anything but +, -, *, /, floor and ceil, whose results are the same on every machine.
 */
import type { Schema } from './tool-schema.js';

/** Digits that show a multiple of 0.1 as people write it. */
const DECIMALS = 12;

interface Bound {
  readonly value: number;
  /** Whether the bound itself is excluded. */
  readonly open: boolean;
}

/** @param variant different numbers give different values, as far as the bounds permit */
export function generateNumber(schema: Schema, whole: boolean, variant: number): number {
  const low = boundOf(schema, 'minimum', 'exclusiveMinimum', (one, other) => one > other);
  const high = boundOf(schema, 'maximum', 'exclusiveMaximum', (one, other) => one < other);
  const multiple = schema['multipleOf'];
  const isStepped = typeof multiple === 'number' && multiple > 0 && (!whole || Number.isInteger(multiple));
  if (!isStepped && !whole) return between(low, high) + (high === undefined ? variant : 0);
  const step = isStepped ? multiple : 1;
  const least = low === undefined ? undefined : firstStep(low, step);
  const most = high === undefined ? undefined : -firstStep({ ...high, value: -high.value }, step);
  const start = least ?? Math.min(most ?? 1, 1);
  const steps = start + variant;
  const value = (most === undefined ? steps : Math.min(steps, most)) * step;
  return whole ? value : Number(value.toPrecision(DECIMALS));
}

/** The number of the first step at or above a bound. */
function firstStep({ value, open }: Bound, step: number): number {
  const steps = Math.ceil(value / step);
  return open && steps * step <= value ? steps + 1 : steps;
}

function between(low: Bound | undefined, high: Bound | undefined): number {
  if (low === undefined) {
    if (high === undefined || high.value > 1) return 1;
    return high.open ? high.value - 1 : high.value;
  }
  if (!low.open) return low.value;
  return high === undefined ? low.value + 1 : low.value + (high.value - low.value) / 2;
}

/** The tighter of an inclusive and an exclusive bound; `true` beside the inclusive one excludes it (draft 4). */
function boundOf(
  schema: Schema,
  inclusive: string,
  exclusive: string,
  isTighter: (one: number, other: number) => boolean,
): Bound | undefined {
  const [closed, open] = [schema[inclusive], schema[exclusive]];
  if (typeof open === 'number' && !(typeof closed === 'number' && isTighter(closed, open)))
    return { value: open, open: true };
  return typeof closed === 'number' ? { value: closed, open: open === true } : undefined;
}
