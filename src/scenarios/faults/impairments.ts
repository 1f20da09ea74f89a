/** Connections that go on existing and no longer work: six kinds that differ in what stops. */
import { z } from 'zod';
import type { Impairment, StrikeContext } from '../fault-types.js';
import { about, wholeNumber } from '../schema-parts.js';
import { endingPlace, endingPlaceOf, type Place, placed } from './place.js';

/** The key all of them share. */
export const impairmentKeys = { place: endingPlace };

/** Impairs the connection around the struck message. */
export function impair(impairment: Impairment, place: Place | undefined, context: StrikeContext) {
  return placed(endingPlaceOf(place, context), [{ act: 'impair', impairment }]);
}

/** Wall milliseconds; longer than any sensible test. */
export const lastsMs = about(
  wholeNumber(1, 600_000).optional(),
  'Wall milliseconds until it reads again. Default: for good.',
);

/** The direction a throttle works in. */
export const direction = about(
  z.enum(['to-client', 'to-server', 'both']).optional(),
  'What is slow: what the server sends, what it reads, or both. Default to-client.',
);
