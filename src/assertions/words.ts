/**
 * Numbers, moments, bounds and fields in plain words. Whatever it is given, a text stays short.
 */
import { describeValue } from '../protocol/index.js';
import { ABSENT, PRESENT } from '../scenarios/index.js';

/** When something happened, and on which connection. */
export interface Moment {
  readonly connection: number;
  readonly atMs: number;
  /** What it was, where that needs saying. */
  readonly what?: string;
}

/** How often something may happen. */
export interface Bounds {
  readonly times?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

const MOST_LISTED = 5;

/** `never`, `once`, `twice`, `3 times`. */
export function often(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

/** `2nd`, `13th`. */
export function ordinal(nth: number): string {
  const ending = nth % 100 >= 11 && nth % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][nth % 10] ?? 'th');
  return `${nth}${ending}`;
}

/** ` with session.voice 'Tina', session.tools absent`; nothing where no field is asked for. */
export function fieldsText(where: Readonly<Record<string, unknown>> | undefined): string {
  const fields = Object.entries(where ?? {}).map(([path, value]) => {
    if (value === ABSENT) return `${path} absent`;
    return `${path} ${value === PRESENT ? 'present' : describeValue(value)}`;
  });
  return fields.length === 0 ? '' : ` with ${listed(fields)}`;
}

/** `1 connection`, `2 connections`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first few of a list, and how many more there are. */
export function listed(texts: readonly string[], separator = ', '): string {
  const shown = texts.slice(0, MOST_LISTED).join(separator);
  const hidden = texts.length - MOST_LISTED;
  return hidden > 0 ? `${shown}${separator}and ${hidden} more` : shown;
}

/** `twice: at 300 ms, at 1200 ms`; connections are named where there is more than one. */
export function moments(seen: readonly Moment[], connections: number): string {
  if (seen.length === 0) return 'never';
  return `${often(seen.length)}: ${listed(seen.map((moment) => momentText(moment, connections)))}`;
}

/** `at 300 ms`, `at 300 ms on connection 2 (an append of 3 bytes)`. */
export function momentText({ connection, atMs, what }: Moment, connections: number): string {
  const where = connections > 1 ? ` on connection ${connection}` : '';
  return `at ${atMs} ms${where}${what === undefined ? '' : ` (${what})`}`;
}

/** `exactly twice`, `at most once`; what is said of nothing is `at least once`. */
export function boundsText(bounds: Bounds): string {
  const { least, most } = limitsOf(bounds);
  if (most === 0) return 'never';
  if (least === most) return `exactly ${often(least)}`;
  if (most === Number.POSITIVE_INFINITY)
    return least === 0 ? 'any number of times' : `at least ${often(least)}`;
  return least === 0 ? `at most ${often(most)}` : `at least ${often(least)} and at most ${often(most)}`;
}

export function isWithin(bounds: Bounds, count: number): boolean {
  const { least, most } = limitsOf(bounds);
  return count >= least && count <= most;
}

/** Where several bounds are given all of them hold. */
function limitsOf({ times, atLeast, atMost }: Bounds): { readonly least: number; readonly most: number } {
  if (times === undefined && atLeast === undefined && atMost === undefined) {
    return { least: 1, most: Number.POSITIVE_INFINITY };
  }
  return {
    least: Math.max(times ?? 0, atLeast ?? 0),
    most: Math.min(times ?? Number.POSITIVE_INFINITY, atMost ?? Number.POSITIVE_INFINITY),
  };
}
