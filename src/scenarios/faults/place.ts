/**
 * Before, after or instead of the message that a fault strikes at: the one key that many kinds share. It must know
 * nothing of what they do.
 */
import { z } from 'zod';
import type { FaultAction, StrikeContext } from '../fault-types.js';
import { about } from '../schema-parts.js';

export type Place = 'before' | 'after' | 'instead';

/** The key `place`, with the sentence that says what its default is. */
export function placeKey(byDefault: string) {
  return about(
    z.enum(['before', 'after', 'instead']).optional(),
    `Relative to the message it strikes at. Default: ${byDefault}.`,
  );
}

/** What ends or impairs a connection strikes after a message of the server and before one of the client. */
export const endingPlace = placeKey('after a message of the server, before a message of the client');

/** What the server says in addition comes after the message, and after what that message causes at once. */
export const addingPlace = placeKey('after');

/** Puts actions around the struck message. */
export function placed(place: Place, actions: readonly FaultAction[]): readonly FaultAction[] {
  if (place === 'instead') return actions;
  const forward: FaultAction = { act: 'forward' };
  return place === 'before' ? [...actions, forward] : [forward, ...actions];
}

/** The place of an ending or impairing fault. */
export function endingPlaceOf(place: Place | undefined, context: StrikeContext): Place {
  return place ?? (context.point === 'client' ? 'before' : 'after');
}
